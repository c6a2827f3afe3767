import type {
  Dir,
  Duration,
  File,
  JsonValue,
  Mapped,
  Size,
  Task,
  TaskOptionsInput,
} from './index.ts';
import { checkpoint, context, durable, environment, image, json, map, snapshot } from './index.ts';

/*
 * What compiles and what does not. Checked by the compiler alone: every line under
 * `@ts-expect-error` must be an error, every other must not.
 */

type Invariant<T> = (value: T) => T;
type Equal<A, B> = Invariant<A> extends Invariant<B> ? true : false;
function same<A, B>(_proof: Equal<A, B>): void {}

interface Model {
  readonly weights: readonly number[];
}

const env = environment({ name: 'types' });
const features = env.task(async (file: File): Promise<string[]> => [file.name]);
const train = env.task(
  { retries: 2, timeout: '10m', resources: { cpu: 2, memory: '2Gi' } },
  async (rows: string[], epochs = 3): Promise<Model> => ({ weights: [rows.length, epochs] }),
);
declare const file: File;
declare const files: File[];

export async function tasks(): Promise<void> {
  same<typeof features, Task<[file: File], string[]>>(true);
  same<typeof train, Task<[rows: string[], epochs?: number], Model>>(true);
  same<Model, Awaited<ReturnType<typeof train>>>(true);
  await train(['a']);
  await train(['a'], 4);
  // @ts-expect-error a wrong argument
  await train([1]);
  // @ts-expect-error a missing argument
  await train();
  // @ts-expect-error one argument too many
  await train(['a'], 4, 5);
  // @ts-expect-error a wrong optional argument
  await train.forward(['a'], '4');
  const lengths: number[] = (await Promise.all(files.map(features))).map((row) => row.length);
  void lengths;
  // @ts-expect-error a wrong use of the result
  const model: string = await train(['a']);
  void model;
  // @ts-expect-error the id of a task is not for writing
  train.id = 'x';
}

export function options(): void {
  environment({ name: 'a', cache: { version: '1', ignoredInputs: ['x'], maxAge: '7d' } });
  environment({ name: 'a', reuse: false, variables: { A: 'b' }, isolation: 'inline' });
  // @ts-expect-error no name
  environment({ cache: 'auto' });
  // @ts-expect-error a wrong option
  environment({ name: 'a', caches: 'auto' });
  // @ts-expect-error a wrong value
  environment({ name: 'a', cache: 'always' });
  // @ts-expect-error a number as duration
  env.task({ timeout: 600 }, async () => 1);
  // @ts-expect-error a duration without unit
  env.task({ timeout: { run: '600' } }, async () => 1);
  // @ts-expect-error a number as size
  env.task({ resources: { memory: 1024 } }, async () => 1);
  // @ts-expect-error a size of another unit
  env.task({ resources: { memory: '2GB' } }, async () => 1);
  // @ts-expect-error a signal is for an override
  env.task({ signal: new AbortController().signal }, async () => 1);
  // @ts-expect-error not asynchronous
  env.task((text: string) => text);
  // @ts-expect-error no function
  env.task({ retries: 1 });
  const duration: Duration = '250ms';
  const size: Size = '512Ki';
  const shared: TaskOptionsInput = { timeout: duration, resources: { memory: size } };
  environment({ name: 'a', ...shared });
}

export function images(): void {
  const py = image({ name: 'py', from: 'python:3.12', apt: ['git'], copy: { scripts: '/app' } });
  environment({ name: 'a', image: py, network: true });
  environment({ name: 'a', image: 'python:3.12', isolation: 'container' });
  // @ts-expect-error no base
  image({ apt: ['git'] });
  // @ts-expect-error no such step
  image({ from: 'a', yum: ['git'] });
  // @ts-expect-error a recipe that is none yet
  environment({ name: 'a', image: { from: 'python:3.12' } });
  // @ts-expect-error a network by its name
  environment({ name: 'a', network: 'host' });
}

const program = env.command({
  image: 'ghcr.io/acme/py:3.12',
  retries: 2,
  command: ['python3', 'train.py', '{inputs.rows}', ['--epochs', '{inputs.epochs}']],
  inputs: {
    rows: 'file',
    folder: 'dir',
    epochs: 'number?',
    options: json<Model>(),
    more: json<string[]>({ optional: true }),
  },
  outputs: {
    model: 'file',
    folder: 'dir',
    metrics: 'json',
    weights: json<Model>(),
    report: 'text',
    loss: 'number',
    good: 'boolean',
    said: 'stdout',
    warned: 'stderr',
    code: 'exitCode',
  },
  stdin: '{inputs.rows}',
  exitCodes: [0, 2],
});
const nothing = env.command({ command: 'true' });
const empty = env.command({ command: 'true', inputs: {}, outputs: {} });

interface ProgramInputs {
  rows: File;
  folder: Dir;
  options: Model;
  epochs?: number;
  more?: string[];
}

interface ProgramOutputs {
  model: File;
  folder: Dir;
  metrics: JsonValue;
  weights: Model;
  report: string;
  loss: number;
  good: boolean;
  said: string;
  warned: string;
  code: number;
}

export async function commands(folder: Dir): Promise<void> {
  const options: Model = { weights: [] };
  type Given = Parameters<typeof program>;
  const given: [inputs: ProgramInputs] = [{ rows: file, folder, options }] satisfies Given;
  const taken: Given = given;
  const result = await program(...taken);
  const out: ProgramOutputs = result;
  const back: typeof result = out;
  void back;
  const accuracy: number | undefined = result.weights.weights[0];
  void accuracy;
  await nothing({});
  await empty({});
  const small = env.command({ command: 'true', inputs: { n: 'number' }, outputs: { x: 'json' } });
  same<typeof small, Task<[inputs: { n: number }], { x: JsonValue }>>(true);
  await map(small, [{ n: 1 }]);
  await small.override({ timeout: '1m' })({ n: 2 });
  // @ts-expect-error a missing input
  await program({ folder, options });
  // @ts-expect-error a wrong input
  await program({ rows: 'rows.txt', folder, options });
  // @ts-expect-error no such input
  await small({ n: 1, m: 2 });
  // @ts-expect-error no such output
  void result.accuracy;
  // @ts-expect-error a wrong use of an output
  const model: string = result.model;
  void model;
  // @ts-expect-error no command
  env.command({ inputs: {} });
  // @ts-expect-error no such kind
  env.command({ command: 'true', inputs: { x: 'folder' } });
  // @ts-expect-error an output is not optional
  env.command({ command: 'true', outputs: { x: 'file?' } });
  // @ts-expect-error an output is not optional
  env.command({ command: 'true', outputs: { x: json<Model>({ optional: true }) } });
  // @ts-expect-error a wrong option
  env.command({ command: 'true', timeout: 600 });
  // @ts-expect-error no such option
  env.command({ command: 'true', args: [] });
}

export async function overrides(): Promise<void> {
  const { signal } = new AbortController();
  const larger = train.override({ resources: { memory: '8Gi' }, signal });
  same<typeof larger, typeof train>(true);
  await larger.override({ retries: { count: 1, backoff: { base: '1s' } } })(['a'], 2);
  // @ts-expect-error a wrong override
  train.override({ resources: { memory: 8 } });
  // @ts-expect-error no such option
  train.override({ memory: '8Gi' });
  // @ts-expect-error a number as duration
  train.override({ timeout: 5 });
  // @ts-expect-error a wrong argument of the overridden task
  await larger([1]);
}

async function each<T, R>(task: Task<[item: T], R>, items: readonly T[]): Promise<R[]> {
  return await map(task, items);
}

export async function generics(): Promise<void> {
  same<string[][], Awaited<ReturnType<typeof each<File, string[]>>>>(true);
  const rows = await each(features, files);
  same<typeof rows, string[][]>(true);
  // @ts-expect-error items of another type
  await each(features, ['a']);
}

export async function maps(): Promise<void> {
  const mapped = map(features, files);
  same<typeof mapped, Mapped<string[]>>(true);
  const rows = await map(features, new Set(files), { concurrency: 8 });
  same<typeof rows, string[][]>(true);
  const lengths = await map(async (n) => n.toFixed(), [1, 2]);
  same<typeof lengths, string[]>(true);
  const models = await map(train, [['a']]);
  same<typeof models, Model[]>(true);
  const settled = await map(features, files, { settled: true });
  same<typeof settled, PromiseSettledResult<string[]>[]>(true);
  const unsettled = await map(features, files, { settled: false });
  same<typeof unsettled, string[][]>(true);
  for await (const row of map(features, files)) same<typeof row, string[]>(true);
  for await (const row of map(features, files, { settled: true })) {
    same<typeof row, PromiseSettledResult<string[]>>(true);
  }
  async function* stream(): AsyncGenerator<File> {
    yield file;
  }
  const streamed = await map(features, stream());
  same<typeof streamed, string[][]>(true);
  // @ts-expect-error items of another type
  void map(features, ['a']);
  // @ts-expect-error not asynchronous
  void map((n: number) => n, [1]);
  // @ts-expect-error a second parameter that must be given
  void map(async (n: number, index: number) => n + index, [1]);
  // @ts-expect-error no such option
  void map(features, files, { limit: 3 });
  // @ts-expect-error a wrong concurrency
  void map(features, files, { concurrency: '3' });
}

export function contexts(): void {
  const { run, attempt, signal, scratch, logger, progress } = context();
  logger.info('at', { run, attempt, scratch, aborted: signal.aborted });
  progress(1);
  // @ts-expect-error progress counts
  progress('half');
}

const fetched = checkpoint(async (path: string, n = 1): Promise<File[]> => files.slice(n, +path));
const generic = checkpoint(async <T>(value: T): Promise<T> => value);

export async function checkpoints(): Promise<void> {
  same<typeof fetched, (path: string, n?: number) => Promise<File[]>>(true);
  const kept: { readonly a: 1 } = await generic({ a: 1 } as const);
  void kept;
  // @ts-expect-error a wrong argument
  await fetched(1);
  // @ts-expect-error a checkpoint is asynchronous
  checkpoint((n: number) => n);
  const now: number = await durable.now();
  await durable.sleep('10s');
  // @ts-expect-error a duration without unit
  await durable.sleep(now);
  await snapshot.save({ epoch: 1 });
  const saved: { epoch: number } | undefined = await snapshot.load<{ epoch: number }>();
  void saved;
  // @ts-expect-error nothing may have been saved
  const certain: { epoch: number } = await snapshot.load<{ epoch: number }>();
  void certain;
}
