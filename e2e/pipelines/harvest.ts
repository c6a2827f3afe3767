import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { File, environment, map } from 'skein';

const env = environment({ name: 'harvest', cache: 'auto' });

/** Half of everything is the same in every edition. */
function seasonOf(id: number, edition: number): number {
  return id % 2 === 0 ? 0 : edition;
}

function idsUpTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, id) => id);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

export const square = env.task(async (id: number, season: number): Promise<number> => {
  return id * id + season;
});

export const step = env.task(async (sum: number, id: number): Promise<number> => {
  return (sum * 31 + id) % 1_000_003;
});

export const batch = env.task(async (id: number, season: number): Promise<number> => {
  const ids = idsUpTo(15).map((index) => 10_000 + id * 15 + index);
  return sumOf(await Promise.all(ids.map((each) => square(each, season))));
});

export const page = env.task(async (id: number, season: number): Promise<File> => {
  const paper = await readFile(join(import.meta.dirname, 'harvest.txt'), 'utf8');
  return await File.from(new TextEncoder().encode(`${paper}${id} of ${season}\n`.repeat(40)));
});

export const measure = env.task(async (file: File): Promise<number> => {
  return sumOf([...(await file.bytes())]);
});

/**
 * A hundred actions for each field: many at once, many one after the other, callers of callers,
 * files.
 */
export const main = env.task(async (edition: number, fields: number): Promise<Harvest> => {
  const squares = await map(
    async (id: number) => await square(id, seasonOf(id, edition)),
    idsUpTo(60 * fields),
    { concurrency: 64 },
  );
  let chain = 0;
  const half = 7 * fields;
  for (const id of idsUpTo(2 * half)) chain = await step(id === half ? edition : chain, id);
  const batches = await Promise.all(idsUpTo(fields).map((id) => batch(id, seasonOf(id, edition))));
  const pages = await Promise.all(idsUpTo(5 * fields).map((id) => page(id, seasonOf(id, edition))));
  const weights = await Promise.all(pages.slice(1).map((file) => measure(file)));
  return { squares: sumOf(squares), chain, batches: sumOf(batches), weight: sumOf(weights) };
});

export interface Harvest {
  readonly squares: number;
  readonly chain: number;
  readonly batches: number;
  readonly weight: number;
}
