import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Dir, File, checkpoint, context, environment, map, snapshot } from 'skein';

/*
 * Two thousand actions of every kind, with one result whatever happens on the way. Each writes into
 * a ledger that it begins, and its caller that it has the result. The ledger lies below `/dev`,
 * where nothing is observed (O2): it has no influence on what is kept.
 */

const cached = environment({ name: 'cached', cache: 'auto' });
const always = environment({ name: 'always', cache: 'disable' });

function note(ledger: string, what: 'begin' | 'got', name: string): void {
  appendFileSync(ledger, `${what} ${name}\n`);
}

/** Waits for a call, and notes that its result is here. */
async function got<T>(ledger: string, name: string, call: Promise<T>): Promise<T> {
  const value = await call;
  note(ledger, 'got', name);
  return value;
}

export const step = cached.task(
  async (ledger: string, id: number, before: number): Promise<number> => {
    note(ledger, 'begin', `c:step-${id}`);
    return (before * 31 + id) % 1_000_003;
  },
);

export const square = cached.task(async (ledger: string, id: number): Promise<number> => {
  note(ledger, 'begin', `c:square-${id}`);
  return id * id;
});

/** Never cached: only `resume` knows that it was executed. */
export const roll = always.task(async (ledger: string, id: number): Promise<number> => {
  note(ledger, 'begin', `u:roll-${id}`);
  return (id * 7) % 11;
});

/** Calls that are alike are told apart by their count alone. */
export const same = always.task(async (ledger: string, id: number): Promise<number> => {
  note(ledger, 'begin', `u:same-${id}*3`);
  return id % 5;
});

/** A caller among others, with calls in a row, calls at once, and calls that are alike. */
export const branch = cached.task(async (ledger: string, id: number): Promise<number> => {
  note(ledger, 'begin', `c:branch-${id}`);
  const rolled = await got(ledger, `u:roll-${id}`, roll(ledger, id));
  const leaf = 1_000_000 + id * 10;
  const leaves = await Promise.all(
    [0, 1, 2].map(
      async (index) => await got(ledger, `c:square-${leaf + index}`, square(ledger, leaf + index)),
    ),
  );
  const alike = await Promise.all(
    [0, 1, 2].map(async () => await got(ledger, `u:same-${id}*3`, same(ledger, id))),
  );
  return [rolled, ...leaves, ...alike].reduce((sum, value) => sum + (value % 997), 0);
});

/** Bytes that mean nothing, the same for the same seed. */
function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2_654_435_761 + 1;
  for (let index = 0; index < length; index += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + index;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export const render = cached.task(async (ledger: string, id: number): Promise<File> => {
  note(ledger, 'begin', `c:render-${id}`);
  return await File.from(noise(id, 3_000 + id), { name: `page-${id}.bin` });
});

/** Reads a file that another action made. */
export const measure = cached.task(
  async (ledger: string, id: number, page: File): Promise<string> => {
    note(ledger, 'begin', `c:measure-${id}`);
    const bytes = await page.bytes();
    return `${page.name} ${bytes.length} ${page.digest}`;
  },
);

/** More than the journal holds: it lies in an artifact, and is a large input of who gets it. */
export const large = always.task(async (ledger: string, id: number): Promise<Uint8Array> => {
  note(ledger, 'begin', `u:large-${id}`);
  return noise(id, 100_000);
});

export const weigh = cached.task(
  async (ledger: string, id: number, bytes: Uint8Array): Promise<number> => {
    note(ledger, 'begin', `c:weigh-${id}`);
    return bytes.reduce((sum, byte) => (sum + byte) % 1_000_003, 0);
  },
);

export const shell = cached.task(async (ledger: string, id: number): Promise<string> => {
  note(ledger, 'begin', `c:shell-${id}`);
  const { stdout } = await promisify(execFile)('echo', [`shell ${id}`]);
  return stdout.trim();
});

/** A folder as a result. */
export const shelf = cached.task(async (ledger: string): Promise<Dir> => {
  note(ledger, 'begin', 'c:shelf');
  const folder = context().scratch;
  await writeFile(`${folder}/one.txt`, 'one');
  await writeFile(`${folder}/two.txt`, 'two');
  return await Dir.from(folder);
});

const stage = checkpoint(async (ledger: string, name: string, value: number) => {
  note(ledger, 'begin', `u:stage-${name}`);
  return value * 3;
});

/** Five checkpoints, one after the other. */
export const stages = always.task(async (ledger: string, id: number): Promise<number> => {
  note(ledger, 'begin', `u:stages-${id}`);
  let value = id;
  for (let number = 1; number <= 5; number += 1) {
    const name = `${id}-${number}`;
    value += await got(ledger, `u:stage-${name}`, stage(ledger, name, value));
  }
  return value;
});

interface Progress {
  readonly epoch: number;
  readonly weight: number;
}

/** A loop that saves how far it is. */
export const training = always.task(async (ledger: string, id: number): Promise<number> => {
  note(ledger, 'begin', `u:training-${id}`);
  let { epoch, weight } = (await snapshot.load<Progress>()) ?? { epoch: 0, weight: id };
  while (epoch < 5) {
    epoch += 1;
    note(ledger, 'begin', `u:epoch-${id}-${epoch}`);
    weight = weight * 2 + epoch;
    await got(ledger, `u:epoch-${id}-${epoch}`, snapshot.save({ epoch, weight }));
  }
  return weight;
});

export interface Chunk {
  readonly ledger: string;
  readonly id: number;
  readonly length: number;
}

export const one = cached.task(async ({ ledger, id }: Chunk): Promise<number> => {
  note(ledger, 'begin', `c:one-${id}`);
  return id * id;
});

/** A `map` over a task: one observation (T1). */
export const tally = cached.task(async ({ ledger, id, length }: Chunk): Promise<number> => {
  note(ledger, 'begin', `c:tally-${id}`);
  const items = numbers(length).map((index) => ({ ledger, id: id * 100 + index, length: 1 }));
  const values = await map(one, items, { concurrency: 64 });
  for (const item of items) note(ledger, 'got', `c:one-${item.id}`);
  return values.reduce((sum, value) => (sum + value) % 1_000_003, 0);
});

function numbers(count: number): number[] {
  return Array.from({ length: Math.ceil(count) }, (_, index) => index + 1);
}

/** So many at once. */
async function each<T>(
  count: number,
  concurrency: number,
  work: (id: number) => Promise<T>,
): Promise<T[]> {
  return await map(work, numbers(count), { concurrency });
}

export interface Report {
  readonly steps: number;
  readonly squares: number;
  readonly tallies: readonly number[];
  readonly branches: readonly number[];
  readonly pages: readonly string[];
  readonly weights: readonly number[];
  readonly shells: readonly string[];
  readonly stages: readonly number[];
  readonly trainings: readonly number[];
  readonly cover: File;
  readonly shelf: Dir;
}

/** Some seventeen actions for each unit of `size`. */
export const main = cached.task(async (ledger: string, size: number): Promise<Report> => {
  note(ledger, 'begin', 'c:main');
  let steps = 0;
  const walk = async (from: number, to: number): Promise<void> => {
    for (let id = from; id < to; id += 1) {
      steps = await got(ledger, `c:step-${id}`, step(ledger, id, steps));
    }
  };
  const middle = Math.ceil(size / 2);
  await walk(0, middle);
  const page = async (id: number): Promise<string> => {
    const file = await got(ledger, `c:render-${id}`, render(ledger, id));
    return await got(ledger, `c:measure-${id}`, measure(ledger, id, file));
  };
  const weight = async (id: number): Promise<number> => {
    const bytes = await got(ledger, `u:large-${id}`, large(ledger, id));
    return await got(ledger, `c:weigh-${id}`, weigh(ledger, id, bytes));
  };
  const [squares, tallies, branches, pages, weights, shells, staged, trainings] = await Promise.all(
    [
      each(size * 8, 64, (id) => got(ledger, `c:square-${id}`, square(ledger, id))),
      each(size / 8, 4, (id) => got(ledger, `c:tally-${id}`, tally({ ledger, id, length: 32 }))),
      each(size / 3, 8, (id) => got(ledger, `c:branch-${id}`, branch(ledger, id))),
      each(size / 8, 4, page),
      each(size / 16, 2, weight),
      each(size / 40, 2, (id) => got(ledger, `c:shell-${id}`, shell(ledger, id))),
      each(size / 20, 2, (id) => got(ledger, `u:stages-${id}`, stages(ledger, id))),
      each(size / 20, 2, (id) => got(ledger, `u:training-${id}`, training(ledger, id))),
    ],
  );
  await walk(middle, size);
  const cover = await got(ledger, 'c:render-0', render(ledger, 0));
  return {
    steps,
    squares: squares.reduce((sum, value) => (sum + value) % 1_000_003, 0),
    tallies,
    branches,
    pages,
    weights,
    shells,
    stages: staged,
    trainings,
    cover,
    shelf: await got(ledger, 'c:shelf', shelf(ledger)),
  };
});
