import { describe, expect, test } from 'vitest';
import { checkTidy, rules } from './tidy.ts';

const host = ['registry', 'npmjs', 'org'].join('.');
const home = ['', 'work', 'main', 'a.ts'].join('/');
const lines = (count: number, line: string) => `${line}\n`.repeat(count);

/** For each rule, files that it alone refuses, and what it says. */
const refused: Readonly<Record<string, readonly [path: string, text: string, said: string][]>> = {
  'file-length': [['packages/a/src/long.test.ts', lines(401, 'f();'), '401 lines, at most 400']],
  'line-length': [['scripts/wide.ts', `const wide = '${'x'.repeat(100)}';`, '116 columns']],
  'file-name': [
    ['packages/a/src/test-utils.ts', '', '"test-utils" names a drawer'],
    ['packages/a/src/shared/key.ts', '', '"shared" names a drawer'],
  ],
  'index-place': [['packages/a/src/disk/index.ts', '', '"index.ts" below the root']],
  'registry-host': [['docs/install.md', `from ${host}`, 'names the package registry']],
  'lock-host': [
    [
      'package-lock.json',
      '"resolved": "https://x.test/a.tgz"',
      'names where a package was fetched',
    ],
  ],
  'machine-path': [['docs/a.md', `see ${home}`, 'a path of one machine']],
  'function-length': [
    ['scripts/a.ts', `export function f() {\n${lines(69, '  f();')}}`, 'a function of 71 lines'],
  ],
  parameters: [
    ['scripts/a.ts', 'export const f = (a, b, c, d) => a;', '4 positional parameters'],
    ['scripts/a.ts', 'export class A { m(a, b, c, d) {} }', '4 positional parameters'],
  ],
  banner: [['scripts/a.ts', '// ------ keys ------', 'a banner comment']],
  'open-task': [['scripts/a.ts', '/* TODO: later */', 'an open task']],
  'ts-ignore': [
    ['scripts/a.ts', '// @ts-ignore', 'silences the compiler'],
    ['scripts/a.ts', '// @ts-expect-error: wrong on purpose', 'silences the compiler'],
  ],
  'export-all': [
    ['packages/a/src/index.ts', "export * from './a.ts';", '"export *" hides'],
    ['packages/a/src/index.ts', "export * as a from './a.ts';", '"export *" hides'],
  ],
  'default-export': [['packages/a/src/a.ts', 'export default 1;', 'no name of its own']],
  any: [
    ['scripts/a.ts', 'export type A = any;', '"any" turns the types off'],
    ['scripts/a.ts', 'export const a = b as any;', '"any" turns the types off'],
  ],
  'empty-catch': [['scripts/a.ts', 'try { f(); } catch {}', 'an empty catch']],
  'skipped-test': [
    ['scripts/a.test.ts', "test.skip('a', f);", '".skip" leaves tests out'],
    ['scripts/a.test.ts', "describe.only('a', f);", '".only" leaves tests out'],
  ],
};

describe('tidy refuses', () => {
  test('with a fixture for every rule', () => {
    expect(Object.keys(refused).toSorted()).toEqual(rules.map((rule) => rule.name).toSorted());
  });

  for (const [name, fixtures] of Object.entries(refused)) {
    for (const [path, text, said] of fixtures) {
      test(`${name}: ${text.trim().slice(0, 50)} in ${path}`, () => {
        const found = checkTidy([{ path, text }]);
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({ path, hint: expect.any(String) });
        expect(found[0]?.message).toContain(said);
      });
    }
  }

  test('a package whose median file is long', () => {
    const long = { path: 'packages/a/src/a.ts', text: lines(151, 'f();') };
    const short = { path: 'packages/a/src/b.ts', text: 'f();' };
    expect(checkTidy([long])).toMatchObject([{ path: 'packages/a', line: 1 }]);
    expect(checkTidy([long, short])).toEqual([]);
  });
});

describe('tidy accepts', () => {
  const accepted: readonly [why: string, path: string, text: string][] = [
    ['a caught error with its reason', 'scripts/a.ts', 'try { f(); } catch { /* it is gone */ }'],
    ['a default export that a tool loads', 'vitest.config.ts', 'export default {};'],
    ['@ts-expect-error in a type test', 'packages/a/src/a.test-d.ts', '// @ts-expect-error: no'],
    ['many parameters of a callback', 'scripts/a.ts', 'list.reduce((a, b, c, d) => a);'],
    ['words of code inside strings', 'scripts/a.ts', "const a = '// TODO any';"],
    ['a link in a lock file', 'package-lock.json', '"resolved": "packages/values"'],
    ['a long address', 'scripts/a.ts', `// https://x.test/${'x'.repeat(100)}`],
    ['a relative path', 'scripts/a.ts', "import { a } from './work/a.ts';"],
    ['a code file that does not parse', 'scripts/a.ts', 'const const'],
  ];
  for (const [why, path, text] of accepted) {
    test(why, () => {
      expect(checkTidy([{ path, text }])).toEqual([]);
    });
  }

  test('a long list of short tests', () => {
    const tests = lines(100, "  test('a', () => {});");
    const text = `describe('a', () => {\n${tests}});\n`;
    expect(checkTidy([{ path: 'scripts/a.test.ts', text }])).toEqual([]);
  });
});
