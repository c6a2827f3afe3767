import type { Failure, Place, SummaryError } from '@skein/model';
import { renderError } from './error.ts';
import { renderFailure } from './failure.ts';
import { oneLine } from './one-line.ts';
import { plain } from './style.ts';
import { authorFrames } from './thrown.ts';
import { clip } from './value.ts';

/** A message at a line of a file, as CI systems show it beside the sources. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** Path relative to the root of the workspace, or absolute. */
  readonly place?: Pick<Place, 'path' | 'line' | 'column'>;
}

const WIDTH = 100;
const TITLE = 120;
const MESSAGE = 4_000;
/** Of each level GitHub shows ten in a step, and drops the others. */
const SHOWN = 10;

/** What is worth an annotation at the end of a run. */
export function annotationsOf(end: {
  readonly failures: readonly Failure[];
  readonly error: SummaryError | null;
  readonly warnings: readonly Failure[];
}): readonly Annotation[] {
  const { failures, error, warnings } = end;
  const errors =
    failures.length > 0 || error === null
      ? failures.map((failure) => ofFailure(failure, 'error'))
      : [ofError(error)];
  const others = warnings.map((warning) => ofFailure(warning, 'warning'));
  return [...errors.slice(0, SHOWN), ...others.slice(0, SHOWN)];
}

function ofFailure(failure: Failure, level: Annotation['level']): Annotation {
  const { place, ...rest } = failure;
  const message = renderFailure(rest, plain);
  return { level, title: failure.code, message, ...(place === undefined ? {} : { place }) };
}

function ofError(error: SummaryError): Annotation {
  if (error.failure !== undefined) return ofFailure(error.failure, 'error');
  const place = throwPlace(error.stack);
  return {
    level: 'error',
    title: error.task === undefined ? error.class : `${error.task}: ${error.class}`,
    message: renderError(error, { style: plain, width: WIDTH }),
    ...(place === undefined ? {} : { place }),
  };
}

/** `at parse (src/parse.ts:12:9)`, `at async src/parse.ts:12:9`. */
const FRAME = /^at (?:.*\()?(?:async )?([^()]+):(\d+):(\d+)\)?$/;

/** Where the author's code threw; a library's line says nothing beside the author's sources. */
function throwPlace(stack: string | undefined): Annotation['place'] {
  const [frame = ''] = authorFrames(stack);
  const [, path, line, column] = FRAME.exec(frame) ?? [];
  if (path === undefined || /(?:^|[/\\])node_modules[/\\]|^node:/.test(path)) return undefined;
  return { path, line: Number(line), column: Number(column) };
}

/**
 * The annotation as a line that GitHub Actions reads from what a step prints, on either of its
 * streams. `file`: where the place lies, from the root of the repository.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubCommand(annotation: Annotation, file: string | undefined): string {
  const { level, title, message, place } = annotation;
  const at =
    file === undefined || place === undefined
      ? []
      : [['file', file] as const, ['line', place.line] as const, ['col', place.column] as const];
  const properties = [...at, ['title', clip(title, TITLE)] as const]
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  const text = message.length > MESSAGE ? `${message.slice(0, MESSAGE)}…` : message;
  return `::${level} ${properties}::${escapeMessage(text)}`;
}

/** What ends a line would end the command, and what follows could be another one. */
function escapeMessage(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(oneLine)
    .join('\n')
    .replaceAll('%', '%25')
    .replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
