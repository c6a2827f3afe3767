import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { report, type Finding } from './finding.ts';
import { ruleTests, type RuleTest } from './rule-tests.ts';
import { readSources } from './source.ts';
import { root } from './workspace.ts';

/** Pages that tell each rule, or each promise, and which tests prove it. */
const PAGES: readonly string[] = ['docs/rules.md', 'docs/promises.md'];
const ENTRY = /^- \*\*([A-Z]+ ?\d+)\*\* /;
const PROVEN = '  Proven in ';
const LATER = '  *Later.*';
const COLUMNS = 100;

interface Entry {
  readonly rule: string;
  readonly line: number;
  readonly later: boolean;
}

/** A page by its path, and what it says. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** What is wrong between a page and the tests. */
export function checkRules(page: Page, tests: readonly RuleTest[]): readonly Finding[] {
  const { path, text } = page;
  const entries = entriesOf(text);
  const known = new Set(entries.map(({ rule }) => rule));
  const proven = new Set(tests.flatMap(({ rules }) => rules));
  const bare = entries
    .filter(({ rule, later }) => !later && !proven.has(rule))
    .map(({ rule, line }) => ({
      path,
      line,
      message: `no test names ${rule}`,
      hint: `begin the title of a test that proves it with "${rule}: "`,
    }));
  const early = entries
    .filter(({ rule, later }) => later && proven.has(rule))
    .map(({ rule, line }) => ({
      path,
      line,
      message: `${rule} is marked as later, and has a test`,
      hint: 'remove the mark',
    }));
  const letters = new Set(entries.map(({ rule }) => seriesOf(rule)));
  const strange = tests.flatMap((test) =>
    test.rules
      .filter((rule) => letters.has(seriesOf(rule)) && !known.has(rule))
      .map((rule) => ({
        path: test.path,
        line: test.line,
        message: `there is no rule ${rule}`,
        hint: `rules are told in ${path}`,
      })),
  );
  const stale = withProofs(text, tests) === text ? [] : [{ ...STALE, path }];
  return [...bare, ...early, ...strange, ...stale];
}

/** Files name invariants of their own, too: only a series that the page tells is told whole. */
function seriesOf(rule: string): string {
  return rule.replace(/\d+$/, '');
}

const STALE = {
  line: 1,
  message: 'the tests it names are not those there are',
  hint: 'npm run rules -- --write',
};

function entriesOf(page: string): readonly Entry[] {
  const lines = page.split('\n');
  return lines.flatMap((text, index) => {
    const [, rule] = ENTRY.exec(text) ?? [];
    if (rule === undefined) return [];
    const end = lines.findIndex((line, at) => at > index && !line.startsWith('  '));
    const own = lines.slice(index, end < 0 ? undefined : end);
    return [{ rule, line: index + 1, later: own.includes(LATER) }];
  });
}

/** The page with the files of each rule's tests, most tests first, in the place of what it says. */
export function withProofs(page: string, tests: readonly RuleTest[]): string {
  const out: string[] = [];
  let rule: string | undefined;
  let within = false;
  const close = (): void => {
    if (rule !== undefined) out.push(...proofOf(rule, tests));
    rule = undefined;
  };
  for (const line of page.split('\n')) {
    const [, next] = ENTRY.exec(line) ?? [];
    if (next !== undefined || !line.startsWith('  ')) {
      close();
      within = false;
      rule = next;
    }
    within ||= line.startsWith(PROVEN);
    if (!within) out.push(line);
  }
  close();
  return out.join('\n');
}

function proofOf(rule: string, tests: readonly RuleTest[]): readonly string[] {
  const own = tests.filter(({ rules }) => rules.includes(rule));
  if (own.length === 0) return [];
  const files = [...Map.groupBy(own, ({ path }) => path)]
    .map(([path, list]) => ({ path, count: list.length }))
    .toSorted((one, other) => other.count - one.count || (one.path < other.path ? -1 : 1))
    .map(({ path, count }) => `\`${path}\`${count === 1 ? '' : ` (${count})`}`);
  const lines: string[] = [];
  let line = PROVEN.trimEnd();
  for (const [index, file] of files.entries()) {
    const word = ` ${file}${index === files.length - 1 ? '.' : ','}`;
    if (line.length + word.length > COLUMNS && line !== PROVEN.trimEnd()) {
      lines.push(line);
      line = ` ${word}`;
    } else line += word;
  }
  return [...lines, line];
}

if (import.meta.main) {
  const tests = ruleTests(readSources(root));
  const findings = PAGES.flatMap((path) => {
    const file = join(root, path);
    const text = readFileSync(file, 'utf8');
    const proven = withProofs(text, tests);
    const isOld = process.argv.includes('--write') && proven !== text;
    if (isOld) writeFileSync(file, proven);
    return checkRules({ path, text: isOld ? proven : text }, tests);
  });
  report(findings, 'rules without proof');
}
