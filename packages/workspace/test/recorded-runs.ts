import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, encode, inputDigest } from '@skein/values';
import { identifyProcess } from '@skein/journal';
import type {
  ActionImage,
  ActionStarted,
  Failure,
  HostPlatform,
  RecordedInput,
  RunEvent,
  RunId,
  RunStarted,
  TaskId,
} from '@skein/model';
import { openFiles } from '../src/files.ts';
import type { Opened } from '../src/opened.ts';
import { type State, openState } from '../src/state.ts';
import { systemClock, systemRandomness } from '../src/system.ts';

export const MAIN = 'src/main.ts#main' as TaskId;
export const PLATFORM: HostPlatform = { node: '26.1.0', os: 'linux', arch: 'x64', libc: 'glibc' };

/** How a run that is to be on record ended, and what of it is recorded. */
export interface RunToRecord {
  readonly status?: 'succeeded' | 'failed' | 'cancelled';
  readonly task?: TaskId;
  readonly entry?: string;
  readonly inputs?: readonly RecordedInput[];
  /** What its entry ran in. */
  readonly image?: ActionImage;
  readonly started?: Partial<RunStarted>;
}

/** A state on the disk with runs in it that nobody ran. */
export class RecordedRuns {
  readonly folder = mkdtempSync(join(tmpdir(), 'skein-record-'));
  readonly state: State;
  readonly opened: Opened;
  readonly warnings: Failure[] = [];

  constructor() {
    const warn = (warning: Failure): void => void this.warnings.push(warning);
    const options = { clock: systemClock, randomness: systemRandomness, warn };
    const state = openState(join(this.folder, '.skein'), options);
    if (!state.ok) throw new Error(state.failure.headline);
    this.state = state.value;
    this.opened = {
      root: this.folder,
      entry: undefined,
      state: state.value,
      files: openFiles(state.value),
      clock: systemClock,
      randomness: systemRandomness,
      environment: {},
      skein: undefined,
      version: '0.0.0',
      warn,
    };
  }

  /** Absent `status`: its last event is the start of its entry. `inputs` absent: not even that. */
  record(name: string, run: RunToRecord = {}): void {
    const { status, task = MAIN, entry = 'src/main.ts', inputs } = run;
    const journal = this.state.openJournal((failure) => {
      throw new Error(failure.headline);
    });
    if (!journal.ok) throw new Error(journal.failure.headline);
    const begun = journal.value.begin({
      kind: 'run-started',
      at: 1_000,
      run: name as RunId,
      entry,
      task,
      initiator: 'test',
      labels: {},
      platform: PLATFORM,
      bundle: digestOf('bundle', 'b'),
      code: digestOf('manifest', 'none'),
      process: GONE,
      ...run.started,
    });
    if (!begun.ok) throw new Error(begun.failure.headline);
    if (inputs !== undefined) {
      const image = run.image === undefined ? {} : { image: run.image };
      journal.value.append({ ...entryStarted(task, inputs), ...image });
    }
    if (status !== undefined) journal.value.append(runFinished(status));
    const closed = journal.value.close();
    if (!closed.ok) throw new Error(closed.failure.headline);
  }

  remove(): void {
    this.state.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** No process has this start. */
const GONE = { pid: 1, startedAt: 'never', host: 'elsewhere' };

/** The process of a run that still lives: this one. */
export function livingProcess(): RunStarted['process'] {
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('this process cannot be identified');
  return identity;
}

export function input(value: unknown): RecordedInput {
  const bytes = encode(value);
  return { digest: inputDigest(bytes), bytes };
}

function entryStarted(task: TaskId, inputs: readonly RecordedInput[]): ActionStarted {
  return {
    kind: 'action-started',
    at: 1_001,
    action: 1,
    parent: 0,
    task,
    key: null,
    inputs,
    verdict: { kind: 'execute', reason: { kind: 'caching-off' } },
    groups: [],
  };
}

function runFinished(status: 'succeeded' | 'failed' | 'cancelled'): RunEvent {
  const counts = { total: 1, executed: 1, reused: 0, adopted: 0, failed: 0 };
  return { kind: 'run-finished', at: 1_002, status, counts, durationMs: 2 };
}
