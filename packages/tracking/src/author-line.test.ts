import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';
import { lineIn, packageName } from './author-line.ts';

const place = (frame: string): string | undefined => /\/w\/(src\/[^)]*?:\d+:\d+)/.exec(frame)?.[1];

describe("O8: the author's line is the first that the stack shows", () => {
  const lines: Readonly<Record<string, string>> = {
    'at f (/w/src/a.ts:3:4)': 'src/a.ts:3:4',
    'at async f (file:///w/src/a.ts:3:4)': 'src/a.ts:3:4',
    'at /w/src/a.ts:3:4': 'src/a.ts:3:4',
    'at async /w/src/a.ts:3:4': 'src/a.ts:3:4',
    'at new Loader (/w/src/with (odd) name.ts:3:4)': '',
    'at node:fs:1:2\n    at f (node:internal/x:1:2)\n    at f (/w/src/a.ts:3:4)': 'src/a.ts:3:4',
    'at f (/w/node_modules/left/a.js:1:2)\n    at g (/w/src/a.ts:3:4)': 'src/a.ts:3:4',
    'at f (/w/node_modules/left/a.js:1:2)\n    at node:timers:1:2': 'package left',
    'at f (file:///w/node_modules/@a/b/node_modules/@c/d/x.js:1:2)': 'package @c/d',
    'at Array.map (<anonymous>)': '',
    'at f (eval at g (/w/src/a.ts:3:4), <anonymous>:1:2)': '',
    [`at f (${import.meta.dirname}/clock.ts:1:2)`]: '',
  };
  test.each(Object.entries(lines))('%s', (frames, line) => {
    expect(lineIn(`Error: at x\n    ${frames}`, { place }) ?? '').toBe(line);
  });
});

test('C6: a file belongs to the innermost package', () => {
  const names: Readonly<Record<string, string | undefined>> = {
    '/w/node_modules/left/lib/a.js': 'left',
    '/w/node_modules/@a/b/c.js': '@a/b',
    '/w/node_modules/.pnpm/left@1/node_modules/left/a.js': 'left',
    '/w/node_modules/.bin/left': undefined,
    '/w/src/a.js': undefined,
  };
  expect(Object.keys(names).map(packageName)).toEqual(Object.values(names));
});

describe('O3: whoever takes part in an access is found on the stack', () => {
  let tracked: Tracked;
  let author: ReturnType<Tracked['bundle']>;
  beforeAll(() => {
    tracked = openTracked({ passThrough: ['passing'] });
    for (const name of ['keeping', 'passing', 'graceful-fs']) {
      tracked.write({ [`node_modules/${name}/index.js`]: 'exports.call = (f) => f();' });
    }
    tracked.write({ 'src/loaded.cjs': 'exports.call = (f) => f();' });
    author = tracked.bundle(`import { createRequire } from 'node:module';
      import { readFileSync } from 'node:fs';
      const require = createRequire(import.meta.url);
      const read = () => { try { readFileSync('absent') } catch {} };
      const deep = (n) => n === 0 ? read() : deep(n - 1);
      export const plain = (name) => deep(0);
      export const through = (name, depth) => require(name).call(() => deep(depth));
      const wrap = new Function('f', 'return () => f()');
      export const evaluated = (name) => require(name).call(wrap(read));
    `);
  });
  afterAll(() => tracked.close());

  const loaded = (): string => tracked.path('src/loaded.cjs');
  const cases: readonly (readonly [string, () => unknown, () => string | null])[] = [
    ['nobody but the author', () => author['plain']?.(), () => null],
    ['a package', () => author['through']?.('keeping', 0), () => 'keeping'],
    ['a package far below', () => author['through']?.('keeping', 1000), () => 'keeping'],
    ['a package below evaluated text', () => author['evaluated']?.('keeping'), () => 'keeping'],
    ['a package that the code named', () => author['through']?.('passing', 0), () => null],
    ['a package of the shipped list', () => author['through']?.('graceful-fs', 0), () => null],
    ['a file outside of the bundle', () => author['through']?.(loaded(), 0), loaded],
  ];
  test.each(cases)('%s', async (_, use, expected) => {
    const { seen, error } = await tracked.act(use);
    expect(error).toBeUndefined();
    const at = seen.observations.findIndex((it) => it.kind === 'file');
    expect(seen.throughs[at]).toBe(expected());
  });
});
