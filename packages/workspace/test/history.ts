import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  digestHex,
  digestOf,
  encode,
  fileReference,
  inputDigest,
  packDigests,
} from '@skein/values';
import type { Digest } from '@skein/values';
import type {
  ActionFinished,
  ActionKey,
  Outcome,
  ResultOutcome,
  RunEvent,
  RunId,
  RunStatus,
  TaskId,
} from '@skein/model';
import { chunkAfter } from '@skein/model';
import { INPUT_BLOB } from '@skein/store';
import { openFiles } from '../src/files.ts';
import type { Opened } from '../src/opened.ts';
import { openState } from '../src/state.ts';
import { systemRandomness } from '../src/system.ts';

export const DAY = 86_400_000;
/** Runs of a history count their days from here. */
export const BEGIN = Date.UTC(2026, 0, 1);

/** A run as it is to be recorded. Small numbers choose among few contents, which runs share. */
export interface PastRun {
  readonly day: number;
  readonly status: RunStatus;
  readonly pinned: boolean;
  /** Goes on from the run so many before it; 0: from none. */
  readonly resumes: number;
  readonly actions: readonly PastAction[];
}

export interface PastAction {
  readonly task: number;
  readonly input: number;
  readonly kind: 'inline' | 'artifact' | 'error';
  readonly large: boolean;
  readonly traced: boolean;
  readonly logged: boolean;
  /** Also a checkpoint and two snapshots, each with a file of its own. */
  readonly saved: boolean;
}

/** A state with a history, removed when it goes out of scope. */
export class History implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'skein-gc-'));
  now = BEGIN;
  readonly opened: Opened;
  readonly runs: RunId[] = [];

  constructor() {
    const clock = { now: () => this.now, elapsed: () => 0 };
    const warn = (): void => undefined;
    const state = openState(join(this.folder, '.skein'), {
      clock,
      randomness: systemRandomness,
      warn,
    });
    if (!state.ok) throw new Error(state.failure.headline);
    this.opened = {
      root: this.folder,
      entry: undefined,
      state: state.value,
      files: openFiles(state.value),
      clock,
      randomness: systemRandomness,
      environment: {},
      skein: undefined,
      version: '0.0.0',
      warn,
    };
  }

  async record(past: PastRun): Promise<RunId> {
    const { state } = this.opened;
    const opened = state.openJournal(() => undefined);
    if (!opened.ok) throw new Error(opened.failure.headline);
    const journal = opened.value;
    const run = `run-${String(this.runs.length).padStart(4, '0')}` as RunId;
    const before = past.resumes === 0 ? undefined : this.runs.at(-past.resumes);
    this.now = BEGIN + past.day * DAY;
    const at = this.now;
    journal.begin({
      kind: 'run-started',
      at,
      run,
      entry: 'src/main.ts',
      task: taskOf(0),
      initiator: 'test',
      labels: {},
      platform: { node: '26.0.0', os: 'linux', arch: 'x64', libc: 'glibc' },
      bundle: digestOf('bundle', 'bundle'),
      code: digestOf('manifest', 'code'),
      process: { pid: 2 ** 30, startedAt: 'never', host: 'nowhere' },
      ...(before === undefined ? {} : { origin: { kind: 'resume', run: before } }),
    });
    for (const [index, action] of past.actions.entries()) {
      for (const event of await this.#eventsOf(action, index + 1)) journal.append(event);
    }
    if (past.status !== 'interrupted') {
      const counts = { total: 0, executed: 0, reused: 0, adopted: 0, failed: 0 };
      journal.append({ kind: 'run-finished', at, status: past.status, counts, durationMs: 0 });
    }
    journal.close();
    this.runs.push(run);
    return run;
  }

  [Symbol.dispose](): void {
    this.opened.state.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #eventsOf(past: PastAction, action: number): Promise<readonly RunEvent[]> {
    const at = this.now;
    const input = await this.#input(past);
    const outcome = await this.#outcome(past);
    const chunk = chunkAfter(null, [
      { kind: 'file', path: `data/${past.input}.txt`, digest: digestOf('blob', 'seen') },
    ]);
    const { digest, length } = chunk;
    const log = past.logged ? { digest, length } : null;
    const call = { action, parent: 0, task: taskOf(past.task), key: keyOf(past), groups: [] };
    const verdict = { kind: 'execute', reason: { kind: 'never-executed' } } as const;
    const finished: ActionFinished = {
      kind: 'action-finished',
      at,
      ...call,
      inputs: [{ digest: input.digest }],
      verdict,
      outcome,
      attempts: 1,
      durationMs: 1,
      waves: [
        [{ kind: 'call', task: taskOf(9), inputs: [input.digest], outcome: digest, count: 0 }],
      ],
      log,
      impurities: [],
      traced: past.traced,
    };
    return [
      ...(past.logged ? [{ kind: 'process-logged', at, chunk } as const] : []),
      { kind: 'action-started', at, ...call, inputs: [input], verdict },
      ...(past.saved ? await this.#saved(past, action) : []),
      finished,
    ];
  }

  async #saved(past: PastAction, action: number): Promise<readonly RunEvent[]> {
    const observed = { waves: [], log: null, impurities: [] };
    const base = { at: this.now, action, attempt: 1 };
    const args = digestOf('inputs', 'args');
    const code = digestOf('code', 'checkpoint');
    const point = { checkpoint: 'src/main.ts#point' as never, args, count: 0, code, observed };
    const outcome = await this.#artifact(`checkpoint ${past.input}`);
    const superseded = await this.#artifact(`snapshot before ${past.input}`);
    const value = await this.#artifact(`snapshot ${past.input}`);
    return [
      { kind: 'checkpoint-recorded', ...base, record: { ...point, outcome }, durationMs: 1 },
      { kind: 'snapshot-saved', ...base, snapshot: { value: superseded, observed } },
      { kind: 'snapshot-saved', ...base, snapshot: { value, observed } },
    ];
  }

  /** A small value in the journal, or a large one in a blob; both name a loose file. */
  async #input(past: PastAction): Promise<{ digest: Digest; bytes?: Uint8Array }> {
    const { files, state } = this.opened;
    const { digest } = await files.putBytes(Buffer.from(`input file ${past.input}`));
    const file = fileReference({ name: 'input.txt', digest });
    const padding = past.large ? 'x'.repeat(1_000) : '';
    const bytes = encode([file, past.input, padding]);
    const name = inputDigest(bytes);
    if (!past.large) return { digest: name, bytes };
    if (state.traces.kept(INPUT_BLOB, name) === undefined) {
      const blob = await state.blobs.put(bytes);
      state.traces.keep(INPUT_BLOB, name, Buffer.from(blob, 'latin1'));
    }
    return { digest: name };
  }

  async #outcome(past: PastAction): Promise<Outcome> {
    if (past.kind === 'artifact') return await this.#artifact(`result ${past.task} ${past.input}`);
    const bytes = encode(`result ${past.task} ${past.input}`);
    if (past.kind === 'inline') {
      return { kind: 'result', digest: inputDigest(bytes), value: { at: 'inline', bytes } };
    }
    return { kind: 'error', digest: digestOf('value', bytes), bytes, fault: 'author' };
  }

  async #artifact(text: string): Promise<ResultOutcome> {
    const { files, state } = this.opened;
    const artifact = await state.blobs.put(Buffer.from(`artifact of ${text}`));
    const { digest } = await files.putBytes(Buffer.from(`file of ${text}`));
    const bytes = encode(fileReference({ name: 'result.txt', digest }));
    return {
      kind: 'result',
      digest: inputDigest(bytes),
      value: { at: 'inline', bytes },
      artifact,
      files: packDigests([digest]),
    };
  }
}

export function taskOf(task: number): TaskId {
  return `src/main.ts#task${task}` as TaskId;
}

export function keyOf({ task, input }: Pick<PastAction, 'task' | 'input'>): ActionKey {
  return digestOf('key', `${task} ${input}`) as ActionKey;
}

export function hexOf(digest: Digest): string {
  return digestHex(digest);
}
