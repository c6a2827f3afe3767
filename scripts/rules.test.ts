import { describe, expect, test } from 'vitest';
import { ruleTests, rulesIn } from './rule-tests.ts';
import { checkRules, withProofs } from './rules.ts';

const page = ['# Rules', '', '- **T4** A sentence.', '- **T5** Another,', '  longer one.', ''].join(
  '\n',
);
const later = page.replace('  longer one.', '  longer one.\n  *Later.*');

function testsOf(...titles: readonly string[]) {
  const text = titles.map((title) => `test('${title}', () => {});`).join('\n');
  return ruleTests([{ path: 'packages/a/src/a.test.ts', text }]);
}

describe('the titles of tests', () => {
  test('name the rules they prove at their beginning', () => {
    expect(rulesIn('O4: a file')).toEqual(['O4']);
    expect(rulesIn('O1 O2, T3 and T4: a file')).toEqual(['O1', 'O2', 'T3', 'T4']);
    expect(rulesIn('PARITY 12: a helper')).toEqual(['PARITY 12']);
    expect(rulesIn('a file, see O4: it')).toEqual([]);
  });

  test('are found in every form, with their lines', () => {
    const text = [
      "describe('T1: a', () => {",
      "  test.each([[1]])('T2: %s', () => {});",
      '  it(`T3: ${name}`, () => {});',
      "  expect('T4: no test').toBe(1);",
      '});',
    ].join('\n');
    const found = ruleTests([{ path: 'e2e/a.test.ts', text }]);
    expect(found.map(({ rules, line }) => [...rules, line])).toEqual([
      ['T1', 1],
      ['T2', 2],
      ['T3', 3],
    ]);
  });

  test('count in tests only', () => {
    expect(ruleTests([{ path: 'scripts/a.ts', text: "test('T1: a', f)" }])).toEqual([]);
  });
});

describe('the page of rules', () => {
  const said = (text: string, ...titles: readonly string[]) => {
    const tests = testsOf(...titles);
    const proven = { path: 'docs/rules.md', text: withProofs(text, tests) };
    return checkRules(proven, tests).map(({ message }) => message);
  };

  test('is refused where a rule has no test that names it', () => {
    expect(said(page, 'T4: a')).toEqual(['no test names T5']);
    expect(said(page, 'T4: a', 'T5: b')).toEqual([]);
    expect(said(later, 'T4: a')).toEqual([]);
  });

  test('is refused where a test names what is no rule, or is no longer for later', () => {
    expect(said(page, 'T4 T5: a', 'T99: b')).toEqual(['there is no rule T99']);
    expect(said(page, 'T4 T5: a', 'S99: an invariant of one file')).toEqual([]);
    expect(said(later, 'T4 T5: a')).toEqual(['T5 is marked as later, and has a test']);
  });

  test('lists the tests of each rule, and is refused where the lists are old', () => {
    const tests = testsOf('T4 T5: a', 'T4: b');
    const written = withProofs(page, tests);
    expect(written).toContain('- **T4** A sentence.\n  Proven in `packages/a/src/a.test.ts` (2).');
    expect(written).toContain('  longer one.\n  Proven in `packages/a/src/a.test.ts`.\n');
    expect(withProofs(written, tests)).toBe(written);
    const old = { path: 'docs/rules.md', text: written };
    expect(checkRules(old, testsOf('T4 T5: a'))).toMatchObject([{ path: 'docs/rules.md' }]);
  });
});
