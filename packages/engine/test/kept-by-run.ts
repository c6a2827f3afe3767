import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { AttemptHost, AttemptRequest, AttemptResult, Executor } from '@skein/executors';
import { openDatabase, openJournal } from '@skein/journal';
import { succeed } from '@skein/model';
import type { Result, RunId, TaskId, TaskRow } from '@skein/model';
import { DEFAULT_OPTIONS } from '@skein/sdk';
import { DiskBlobs, openSqliteTraces } from '@skein/store';
import { decode, digestOf, encode } from '@skein/values';
import { startRun } from '../src/run.ts';
import { ScriptedImages } from './scripted-images.ts';

/*
 * `kept-by-run.ts <caching> <caller> <first> <last>`, with `--expose-gc`: runs an action that makes
 * `last` calls, and prints the bytes in memory after `first` of them and after all. The journal and
 * the traces are real and on disk, and nobody listens.
 */

const [caching, caller, ...marks] = process.argv.slice(2);
const [first = 0, last = 0] = marks.map(Number);
const AT_ONCE = caller === 'map' ? 64 : 1;
const MAIN = 'main.ts#main' as TaskId;
const ITEM = 'main.ts#item' as TaskId;
const RUN = '20260101-000000-aaaaaa' as RunId;

const clock = { now: Date.now, elapsed: () => performance.now() };
const folder = mkdtempSync(join(tmpdir(), 'skein-kept-'));
const { db } = must(openDatabase(folder, { clock }));
const traces = must(openSqliteTraces({ db, onFailure: refuse }));
const journal = must(openJournal({ db, folds: [traces.fold], onFailure: refuse }));
const blobs = new DiskBlobs(folder, { randomness: { hex: (length) => 'a'.repeat(length) } });
const measured: number[] = [];

/** What waits to be folded is no growth: closing folds it, and the run goes on all the same. */
async function measure(): Promise<void> {
  must(journal.close());
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  measured.push(heapUsed + external);
}

async function callAll(host: AttemptHost): Promise<void> {
  let next = 0;
  const until = async (end: number): Promise<void> => {
    const work = async (): Promise<void> => {
      while (next < end) {
        next += 1;
        const args = [encode(next)];
        await host.call({ call: next, task: ITEM, args, override: undefined, groups: [] });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };
  await until(first);
  await measure();
  await until(last);
  await measure();
}

async function perform(attempt: AttemptRequest, host: AttemptHost): Promise<AttemptResult> {
  host.started('worker');
  if (attempt.task === MAIN) await callAll(host);
  const [input = encode(0)] = attempt.args;
  const bytes = encode({ twice: Number(decode(input ?? encode(0))) * 2 });
  const value = { at: 'inline', bytes } as const;
  const outcome = { kind: 'result', digest: digestOf('value', bytes), value } as const;
  return { kind: 'ended', outcome, waves: [], log: null, impurities: [], durationMs: 1 };
}

const executor: Executor = {
  name: 'counted',
  cannotHonour: () => [],
  load: () => Promise.resolve(succeed({ rows: [], log: null })),
  execute: (attempt, host) => ({ done: perform(attempt, host), cancel: () => undefined }),
  close: () => Promise.resolve(),
};

function rowOf(id: TaskId, parameters: readonly string[]): TaskRow {
  const cache =
    caching === 'cached' ? ({ mode: 'auto', ignoredInputs: [] } as const) : DEFAULT_OPTIONS.cache;
  return { id, environment: 'e', parameters, rest: false, options: { ...DEFAULT_OPTIONS, cache } };
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

function refuse(failure: object): never {
  throw new Error(JSON.stringify(failure));
}

const digest = digestOf('bundle', 'bundle');
const tasks = [rowOf(MAIN, []), rowOf(ITEM, ['n'])];
const started = startRun(
  {
    clock,
    journal,
    traces,
    blobs,
    bundle: () => Promise.resolve({ digest, path: '', root: '', entry: '', cwd: '' }),
    executorFor: () => executor,
    code: {
      rows: new Map(tasks.map((row) => [row.id, row])),
      manifests: new Map(tasks.map(({ id }) => [id, { task: id, digest, parts: [] }])),
      behaviours: new Map(tasks.map(({ id }) => [id, { task: id, retains: null, impurities: [] }])),
      parameters: new Map(),
      checkpoints: new Map(),
      platform: { node: '26', os: 'linux', arch: 'x64', libc: 'glibc' },
      variable: () => null,
      declared: () => undefined,
      images: new ScriptedImages({}),
      imageFor: () => undefined,
      program: () => null,
    },
    capacity: { cpu: 2, memoryBytes: 1, gpus: [], diskBytes: 1, tokens: {} },
    world: { digestOf: () => null, forget: () => undefined },
    explain: () => ({ kind: 'never-executed' }),
    // Full long before the first measurement: what they hold then is no growth.
    rememberedBytes: 2 ** 18,
  },
  {
    run: RUN,
    task: MAIN,
    entry: 'main.ts',
    args: [],
    force: false,
    forceTasks: new Set(),
    readOnly: false,
    strict: false,
    concurrency: undefined,
    initiator: 'test',
    labels: {},
    bundle: digest,
    codeManifests: digest,
    loadLog: null,
    process: { pid: process.pid, startedAt: '', host: '' },
    onEvent: () => undefined,
  },
);
const { status, counts } = await must(started).done;
must(journal.close());
db.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ status, executed: counts.executed, bytes: measured }));
