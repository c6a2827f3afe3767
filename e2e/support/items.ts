import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';

/** A workspace of one pipeline, with the state that lies in it. */
export interface ItemsRequest {
  readonly cache: 'auto' | 'disable';
  /** What the task itself says before it squares its number. */
  readonly own?: string;
  /** What the helper says that the task asks. */
  readonly helper?: string;
  /** An input of the caller between `nested` and the items. */
  readonly tolerance?: number;
}

/** What item 847 throws, wherever it is written. */
export const THROWS = "if (number === 847) throw new RangeError('bad');";

/** Writes the pipeline into a folder of the sandbox, as its author does; gives the entry's path. */
export async function writeItems(
  sandbox: Sandbox,
  folder: string,
  { cache, own = '', helper = '', tolerance = 1 }: ItemsRequest,
): Promise<string> {
  const place = join(sandbox.root, folder);
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, 'check.ts'),
    `export function check(number: number): number {\n  ${helper}\n  return number;\n}\n`,
  );
  await writeFile(
    join(place, 'main.ts'),
    `import { environment, map } from 'skein';
import { check } from './check.ts';

const env = environment({ name: 'items', cache: '${cache}' });

export const item = env.task(async (number: number): Promise<number> => {
  ${own}
  return check(number) ** 2;
});

export const main = env.task(async (count: number): Promise<number> => {
  let sum = 0;
  for (let number = 1; number <= count; number += 1) sum += await item(number);
  return sum;
});

export const wide = env.task(async (count: number): Promise<number> => {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const squares = await map(item, numbers, { concurrency: 64 });
  return squares.reduce((sum, square) => sum + square, 0);
});

export const stage = env.task(async (tolerance: number, count: number): Promise<number> => {
  let sum = tolerance - tolerance;
  for (let number = 1; number <= count; number += 1) sum += await item(number);
  return sum;
});

export const nested = env.task(
  async (count: number): Promise<number> => await stage(${tolerance}, count),
);
`,
  );
  return join(folder, 'main.ts');
}
