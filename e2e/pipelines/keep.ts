import { readFileSync } from 'node:fs';
import { environment, map } from 'skein';

const env = environment({
  name: 'keep',
  cache: 'auto',
  reuse: { replicas: 1, concurrency: 64 },
});

let stopWords: Set<string> | undefined;

/** The first action reads the file, all others use what it read. */
export const count = env.task(async (text: string): Promise<number> => {
  stopWords ??= new Set(readFileSync('words/stop.txt', 'utf8').split('\n'));
  return text.split(' ').filter((word) => stopWords?.has(word) === false).length;
});

let waiting: { readonly id: number; readonly done: (line: string) => void }[] = [];

/** Reads once for all that ask in one turn. */
function load(id: number): Promise<string> {
  return new Promise((done) => {
    waiting.push({ id, done });
    if (waiting.length > 1) return;
    setImmediate(() => {
      const lines = readFileSync('words/lines.txt', 'utf8').split('\n');
      const batch = waiting;
      waiting = [];
      for (const item of batch) item.done(lines[item.id] ?? '');
    });
  });
}

/** Gets its line from a loader that reads for a whole batch. */
export const line = env.task(async (id: number): Promise<string> => await load(id));

export const model = env.task(async (): Promise<number> => {
  return Number(readFileSync('words/model.txt', 'utf8'));
});

let loaded: Promise<number> | undefined;

/** Calls a task once a process, and uses its result ever after. */
export const predict = env.task(async (value: number): Promise<number> => {
  loaded ??= model();
  return value * (await loaded);
});

const numbers = Array.from({ length: 64 }, (_, index) => index);

export const counts = env.task(
  async (): Promise<number[]> =>
    await map(
      count,
      numbers.map((id) => `the text ${id}`),
      { concurrency: 64 },
    ),
);

export const lines = env.task(
  async (): Promise<string[]> => await map(line, numbers, { concurrency: 64 }),
);

export const predictions = env.task(
  async (): Promise<number[]> => await map(predict, numbers, { concurrency: 64 }),
);
