import type { Failure, FailureCode, Place } from '@skein/model';
import type { Message } from 'esbuild';
import type { SourceSpan } from './summary.ts';

export interface Diagnosis {
  readonly path: string;
  readonly source: string;
  readonly at: SourceSpan;
}

function placeOf({ path, source, at }: Diagnosis): Place {
  const line = source.split(/\r?\n/)[at.line - 1] ?? '';
  const { column } = at;
  const length = Math.max(1, Math.min(at.length, line.length - column + 1));
  return { path, line: at.line, column, length, source: line };
}

function diagnostic(
  code: FailureCode,
  diagnosis: Diagnosis,
  text: readonly [string, string],
): Failure {
  const [headline, hint] = text;
  return { code, kind: 'diagnostic', headline, facts: [], hint, place: placeOf(diagnosis) };
}

const TO_TOP_LEVEL = 'move the declaration to the top level of the module and bind it to a name';

export function taskInFunction(diagnosis: Diagnosis): Failure {
  const headline = 'task declared inside a function';
  return diagnostic('task-in-function', diagnosis, [headline, TO_TOP_LEVEL]);
}

export function taskUnnamed(diagnosis: Diagnosis): Failure {
  const { source, column, length } = placeOf(diagnosis);
  const callee = source.slice(column - 1, column - 1 + length);
  const method = callee.endsWith('.command') ? 'command' : 'task';
  return diagnostic('task-unnamed', diagnosis, [
    'task declared without a name',
    `bind it to a name of its own: const name = env.${method}(…)`,
  ]);
}

export function checkpointInFunction(diagnosis: Diagnosis): Failure {
  const headline = 'checkpoint declared inside a function';
  return diagnostic('checkpoint-in-function', diagnosis, [headline, TO_TOP_LEVEL]);
}

export function checkpointUnnamed(diagnosis: Diagnosis): Failure {
  return diagnostic('checkpoint-unnamed', diagnosis, [
    'checkpoint declared without a name',
    'bind it to a name of its own: const name = checkpoint(…)',
  ]);
}

export function checkpointCaptures(name: string, diagnosis: Diagnosis): Failure {
  return diagnostic('checkpoint-captures', diagnosis, [
    `the checkpoint captures the local variable "${name}"`,
    `declare the checkpoint at the top level, and hand "${name}" to it as an argument`,
  ]);
}

export function duplicateTask(name: string, diagnosis: Diagnosis): Failure {
  return diagnostic('duplicate-task', diagnosis, [
    `task "${name}" is declared twice`,
    'give one of the two another name',
  ]);
}

export function mapSecondParameter(name: string, diagnosis: Diagnosis): Failure {
  return diagnostic('map-second-parameter', diagnosis, [
    `task "${name}" has an optional second parameter, which .map() fills with the index`,
    `pass the item alone: .map((item) => ${name}(item)), or map(${name}, items) of skein`,
  ]);
}

export function entryNotFound(path: string): Failure {
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: `no such file: "${path}"`,
    facts: [],
    hint: 'give the path of a module, relative to the present folder',
  };
}

const HINTS: Partial<Record<FailureCode, string>> = {
  'module-not-found': 'check the path, or install the package',
  'syntax-error': 'nothing was run; correct it and run again',
  'duplicate-task': 'give one of the two another name',
};

/** Advice about options of esbuild, which nobody can set here. */
const ESBUILD_ONLY = /\bmark the path\b/;

/** A message of esbuild, which reads source files first. */
export function fromMessage(message: Message): Failure {
  const { text, location } = message;
  const missing = /^Could not resolve "(.*)"/.exec(text);
  const code = codeOf(message);
  const headline = missing === null ? lowerFirst(text) : `cannot find module "${missing[1] ?? ''}"`;
  const notes = message.notes
    .filter((it) => !ESBUILD_ONLY.test(it.text))
    .map((it) => ['note', lowerFirst(it.text)] as const);
  const hint = HINTS[code] ?? 'nothing was run; esbuild cannot bundle the module as it is';
  const failure: Failure = { code, kind: 'diagnostic', headline, facts: notes, hint };
  if (location === null) return failure;
  const place = {
    path: location.file,
    line: location.line,
    column: columnOf(location.lineText, location.column),
    length: Math.max(1, columnOf(location.lineText.slice(0), location.length) - 1),
    source: location.lineText,
  };
  return { ...failure, place };
}

function codeOf({ text, location, notes }: Message): FailureCode {
  if (text.startsWith('Could not resolve')) return 'module-not-found';
  const declared = /^The symbol ".*" has already been declared/.test(text);
  const first = notes[0]?.location ?? null;
  if (declared && [location, first].every((it) => /\.task\s*\(/.test(it?.lineText ?? ''))) {
    return 'duplicate-task';
  }
  if (text.startsWith('No matching export')) return 'bundle-failed';
  return 'syntax-error';
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** esbuild counts bytes from 0, a place characters from 1. */
function columnOf(line: string, bytes: number): number {
  return Buffer.from(line, 'utf8').subarray(0, bytes).toString('utf8').length + 1;
}

export function byPlace(a: Failure, b: Failure): number {
  const [left, right] = [a.place, b.place];
  if (left === undefined || right === undefined) return left === right ? 0 : 1;
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}
