import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyse } from '@skein/analysis';
import type { Analysis } from '@skein/analysis';
import { createPool } from '@skein/executors';
import type { BundleLocation, Executor, LoadReport } from '@skein/executors';
import { openDatabase, openJournal, readRun } from '@skein/journal';
import type { RunState, StateDatabase } from '@skein/journal';
import type { Result, RunEvent, RunId, TaskId } from '@skein/model';
import { createRegistry, decodeThrown, reviveError } from '@skein/sdk';
import { DiskBlobs, openSqliteTraces } from '@skein/store';
import type { SqliteTraces } from '@skein/store';
import { openWorld } from '@skein/tracking';
import { decode, encode } from '@skein/values';
import { type Resumption, type RunCode, type RunEnd, startRun } from '../src/index.ts';
import { ScriptedImages } from './scripted-images.ts';

const workerEntry = join(import.meta.dirname, '../../executors/test/start-worker.ts');
const PLATFORM = { node: '26', os: 'linux', arch: 'x64', libc: 'glibc' };
const CAPACITY = { cpu: 2, memoryBytes: 2 ** 33, gpus: [], diskBytes: 2 ** 40, tokens: {} };
const clock = { now: Date.now, elapsed: () => performance.now() };

/** A run of real code in real processes, on a real state directory. */
export interface RealRun {
  readonly run: RunId;
  readonly end: RunEnd;
  /** The result, where there is one. */
  readonly value: unknown;
  readonly error: unknown;
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  /** What the actions printed, in order. */
  readonly printed: readonly string[];
  readonly analysis: Analysis;
}

export interface RealCall {
  readonly args?: readonly unknown[];
  /** Goes on from these runs, the newest first. */
  readonly resume?: readonly RealRun[];
  readonly edited?: Resumption['edited'];
}

/** A workspace in a folder of its own, with `src/main.ts` as the entry. */
export class RealWorkspace {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-engine-')));
  readonly #state = join(this.root, '.skein');
  readonly #opened: StateDatabase;
  readonly #traces: SqliteTraces;
  readonly #blobs: DiskBlobs;
  #runs = 0;

  constructor(files: Readonly<Record<string, string>>) {
    this.write({ 'package.json': '{ "type": "module" }', ...files });
    mkdirSync(this.#state);
    this.#opened = must(openDatabase(this.#state, { clock }));
    const onFailure = refuse;
    this.#traces = must(openSqliteTraces({ db: this.#opened.db, onFailure }));
    this.#blobs = new DiskBlobs(this.#state, { randomness: { hex: (length) => nextHex(length) } });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  /** Runs a task of the entry, as the command would. */
  async run(task: string, call: RealCall = {}): Promise<RealRun> {
    const { root } = this;
    const state = this.#state;
    const analysed = await analyse({ root, entry: join(root, 'src/main.ts'), state });
    if (!analysed.ok) throw new Error(JSON.stringify(analysed.failures));
    const { analysis } = analysed;
    const { path } = must(await analysis.ensureBundle());
    const digest = analysis.bundleDigest;
    const bundle = { digest, path, root, entry: analysis.entry, cwd: root };
    const environment = { PATH: process.env['PATH'] };
    const executor = createPool({ state, environment, workers: 2, workerEntry, warn: refuse });
    try {
      return await this.#run(task, { ...call, analysis, bundle, executor });
    } finally {
      await executor.close();
    }
  }

  close(): void {
    this.#opened.db.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  async #run(
    task: string,
    of: RealCall & {
      readonly analysis: Analysis;
      readonly bundle: BundleLocation;
      readonly executor: Executor;
    },
  ): Promise<RealRun> {
    const { analysis, bundle, executor } = of;
    const { db } = this.#opened;
    const report = must(await executor.load(bundle));
    const journal = must(openJournal({ db, folds: [this.#traces.fold], onFailure: refuse }));
    this.#runs += 1;
    const run = `20260101-00000${this.#runs}-aaaaaa` as RunId;
    const events: RunEvent[] = [];
    const started = must(
      startRun(
        {
          clock,
          journal,
          traces: this.#traces,
          blobs: this.#blobs,
          bundle: () => Promise.resolve(bundle),
          executorFor: () => executor,
          code: codeOf(analysis, report),
          capacity: CAPACITY,
          world: openWorld({ root: this.root, state: this.#state, stamps: NO_STAMPS, ...clock }),
          explain: () => ({ kind: 'never-executed' }),
        },
        {
          run,
          task: `src/main.ts#${task}` as TaskId,
          entry: analysis.entry,
          args: (of.args ?? []).map((arg) => encode(arg)),
          force: false,
          forceTasks: new Set(),
          readOnly: false,
          strict: false,
          concurrency: undefined,
          initiator: 'test',
          labels: {},
          bundle: bundle.digest,
          codeManifests: bundle.digest,
          loadLog: report.log,
          process: { pid: process.pid, startedAt: '', host: '' },
          ...(of.resume === undefined
            ? {}
            : { resume: resumptionOf(analysis, of.resume, of.edited) }),
          onEvent: (event) => events.push(event),
        },
      ),
    );
    const end = await started.done;
    must(journal.close());
    return {
      run,
      end,
      events,
      analysis,
      value: valueOf(end),
      error: errorOf(end),
      state: must(readRun(db, run, () => false)),
      printed: events.flatMap((event) => (event.kind === 'action-logged' ? event.text.trim() : [])),
    };
  }
}

function codeOf(analysis: Analysis, { rows }: LoadReport): RunCode {
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    manifests: analysis.manifests,
    behaviours: analysis.behaviours,
    checkpoints: analysis.checkpoints,
    parameters: new Map(analysis.tasks.map(({ id, parameters }) => [id, parameters])),
    platform: PLATFORM,
    variable: () => null,
    declared: () => undefined,
    images: NO_IMAGES,
    imageFor: () => undefined,
    program: () => null,
  };
}

const NO_IMAGES = new ScriptedImages({});
const NO_STAMPS = { read: () => undefined, write: () => undefined };

function resumptionOf(
  analysis: Analysis,
  runs: readonly RealRun[],
  edited: Resumption['edited'] = 'adopt',
): Resumption {
  const before = new Map(runs.map((it) => [it.run, it.analysis.manifests]));
  return {
    runs: runs.map(({ state }) => state),
    edited,
    changes: (run, task) => {
      const then = before.get(run)?.get(task)?.digest;
      if (then === undefined) return undefined;
      const isSame = then === analysis.manifests.get(task)?.digest;
      return isSame ? [] : [{ kind: 'symbol', module: 'src/main.ts', name: task }];
    },
  };
}

function valueOf({ outcome }: RunEnd): unknown {
  if (outcome?.kind !== 'result' || outcome.value.at !== 'inline') return undefined;
  return decode(outcome.value.bytes);
}

function errorOf({ outcome }: RunEnd): unknown {
  if (outcome?.kind !== 'error') return undefined;
  return reviveError(decodeThrown(outcome.bytes), createRegistry());
}

let drawn = 0;

function nextHex(length: number): string {
  drawn += 1;
  return drawn.toString(16).padStart(2 * length, '0');
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

function refuse(failure: unknown): never {
  throw new Error(JSON.stringify(failure));
}
