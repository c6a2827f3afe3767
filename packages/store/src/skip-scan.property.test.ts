import fc from 'fast-check';
import { expect, test } from 'vitest';
import { skipScan } from './skip-scan.ts';
import type { AskPage } from './skip-scan.ts';

interface Item {
  readonly name: string;
}

const segment = fc.constantFrom('a', 'b', 'c', 'ab', 'b-', '0');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((it) => it.join('/'));

/** Sorted pages, as a bucket gives them. */
function bucket(names: readonly string[], asked: { count: number }): AskPage<Item> {
  const sorted = [...new Set(names)].sort();
  return async ({ prefix, after, most }) => {
    asked.count += 1;
    const behind = sorted.filter((it) => it.startsWith(prefix) && it > after);
    const items = behind.slice(0, most).map((name) => ({ name }));
    return { items, more: behind.length > items.length };
  };
}

async function scan(folders: readonly string[], ask: AskPage<Item>): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of skipScan(folders, ask)) found.push(name);
  return found.sort();
}

test('a scan finds what lies below the folders, each once, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(path, { maxLength: 200 }),
      fc.array(path, { maxLength: 60 }),
      async (names, folders) => {
        const below = folders.map((it) => `${it}/`);
        const expected = [...new Set(names)].filter((name) =>
          below.some((folder) => name.startsWith(folder)),
        );
        expect(await scan(below, bucket(names, { count: 0 }))).toEqual(expected.sort());
      },
    ),
  );
});

test('many folders of a small bucket are few pages', async () => {
  const key = (index: number) => `k/${String(index).padStart(6, '0')}/`;
  const names = Array.from({ length: 20_000 }, (_, index) => `${key(index * 10)}x`);
  const folders = Array.from({ length: 4_000 }, (_, index) => key(index * 50));
  const asked = { count: 0 };
  expect(await scan(folders, bucket(names, asked))).toHaveLength(4_000);
  expect(asked.count).toBeLessThan(200);
});

test('few folders of a huge bucket are never more pages than folders', async () => {
  const key = (index: number) => `k/${String(index).padStart(6, '0')}/`;
  const names = Array.from({ length: 60_000 }, (_, index) => `${key(index)}x`);
  const folders = Array.from({ length: 100 }, (_, index) => key(index * 601));
  const asked = { count: 0 };
  expect(await scan(folders, bucket(names, asked))).toHaveLength(100);
  expect(asked.count).toBeLessThanOrEqual(100 + 16);
});
