import { report, type Finding } from './finding.ts';
import type { Rule } from './rule.ts';
import { isCode, isTest, parse, readSources, type SourceFile } from './source.ts';
import { syntaxRules } from './syntax-rules.ts';
import { textRules } from './text-rules.ts';
import { root } from './workspace.ts';

const medianLines = 150;

/** The house rules that a program can check, file by file. */
export const rules: readonly Rule[] = [...textRules, ...syntaxRules];

/** Everything in these files that breaks a house rule. */
export function checkTidy(files: readonly SourceFile[]): readonly Finding[] {
  return [...files.flatMap(checkFile), ...checkMedians(files)];
}

function checkFile(file: SourceFile): readonly Finding[] {
  const syntax = isCode(file.path) ? parse(file) : undefined;
  const subject = syntax ? { ...file, syntax } : file;
  return rules
    .filter((rule) => rule.applies(file.path))
    .flatMap((rule) => rule.check(subject))
    .map((breach) => ({ path: file.path, ...breach }));
}

/** Half of a package's source files, tests aside, are short. */
function checkMedians(files: readonly SourceFile[]): readonly Finding[] {
  const sources = files.filter((file) => isCode(file.path) && !isTest(file.path));
  const byPackage = Map.groupBy(sources, (file) => packageOf(file.path));
  return [...byPackage].flatMap(([path, members]) => {
    const median = medianOf(members.map((file) => file.text.trimEnd().split('\n').length));
    if (median <= medianLines) return [];
    const message = `the median file has ${median} lines, at most ${medianLines}`;
    return [{ path, line: 1, message, hint: 'split the files that are more than one noun' }];
  });
}

function packageOf(path: string): string {
  return /^(?:packages|plugins|fixtures)\/[^/]+/.exec(path)?.[0] ?? path.split('/')[0] ?? path;
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor((numbers.length - 1) / 2)] ?? 0;
}

if (import.meta.main) report(checkTidy(readSources(root)), 'breaches of house rules');
