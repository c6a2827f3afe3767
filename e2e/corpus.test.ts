import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mutation } from './corpus/mutation.ts';
import type { Observed } from './corpus/observed.ts';
import { nameOf, table } from './corpus/table.ts';
import { linesOf } from './support/program.ts';
import { repository } from './support/sandbox.ts';

/** The table is worked off by so many programs at once. */
const PARTS = 2;

const observed = new Map<string, Observed>();
let folder = '';

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'skein-corpus-')));
  const skein = join(repository, 'packages', 'skein');
  const parts = Array.from({ length: PARTS }, (_, part) =>
    linesOf('corpus.ts', [folder, skein, `${part}`, `${PARTS}`]),
  );
  for (const line of (await Promise.all(parts)).flat()) {
    const one = JSON.parse(line) as Observed;
    observed.set(one.name, one);
  }
}, 600_000);
afterAll(async () => await rm(folder, { recursive: true, force: true }));

function seen(group: string, mutation: Mutation): Observed {
  const one = observed.get(nameOf(group, mutation));
  if (one === undefined) throw new Error('the mutation was not tried');
  return one;
}

/**
 * Without what differs from one run of the table to the next: which of the items of a map is found
 * to differ first is chance, too.
 */
function withoutChance(text: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, '<run>')
    .replaceAll(/(its call of \w+), action \d+/g, '$1, action <number>')
    .replaceAll(/after [\d.]+ m?s/g, 'after <time>');
}

/** Where each group stands in the rules, for the titles of its tests. */
const rules: Readonly<Record<string, string>> = {
  code: 'C1 C2',
  inputs: 'V1 V5 V6',
  observed: 'O1 O2 O6',
  packages: 'C6',
  configuration: 'C7',
  resolution: 'C5',
  options: 'Q2 Q3 Q4 Q5 Q6',
};

test('the corpus has at least 150 mutations, each with a name of its own', () => {
  const names = Object.entries(table).flatMap(([group, all]) =>
    all.map((mutation) => nameOf(group, mutation)),
  );
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(Object.entries(table))('P1 %s', (group, mutations) => {
  test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    `${rules[group]}: %s`,
    (_, mutation) => {
      const { code, reasons, sound } = seen(group, mutation);
      const executed = code === 0 ? Object.keys(reasons).toSorted() : 'rejected';
      const { executes } = mutation;
      expect(executed).toEqual(executes === 'rejected' ? executes : executes.toSorted());
      expect(sound).toBe(true);
    },
  );

  test('P1: each for the reason that is written down', async () => {
    const lines = mutations.flatMap((mutation) => {
      const { reasons, message } = seen(group, mutation);
      const said = Object.entries(reasons)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .flatMap(([task, sentences]) => sentences.map((it) => `  ${task}: ${it}`));
      const rejected = message === '' ? [] : message.trimEnd().split('\n');
      return [mutation.name, ...said, ...rejected.map((line) => `  | ${line}`)];
    });
    await expect(withoutChance(`${lines.join('\n')}\n`)).toMatchFileSnapshot(
      `corpus/reasons/${group}.txt`,
    );
  });
});
