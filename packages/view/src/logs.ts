import type { PrintedText } from '@skein/journal';
import type { JsonObject } from './json.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';

export interface LogView {
  readonly style: Style;
  /** When the run began; ms since 1970. */
  readonly startedAt: number;
  /** The task of the action that printed; absent where its process did. */
  readonly task?: string;
}

const TIME_WIDTH = 9;

/**
 * What was printed, a line each: how long after the run began, who, and the text as it is.
 *
 * ```
 *    1.204 s  12 parse  | reading a.html
 *    1.310 s  worker 2  ! out of ink
 * ```
 */
export function renderLogLines(printed: PrintedText, view: LogView): readonly string[] {
  const { style, startedAt, task } = view;
  const seconds = Math.max(0, printed.at - startedAt) / 1_000;
  const time = style.faint(`${seconds.toFixed(3)} s`.padStart(TIME_WIDTH));
  const who = task === undefined ? processName(printed) : `${printed.action} ${taskName(task)}`;
  const mark = printed.stream === 'stderr' ? style.warn('!') : style.faint('|');
  return textLines(printed.text).map((line) =>
    `${time}  ${style.name(who)}  ${mark} ${line}`.trimEnd(),
  );
}

/** A piece of what was printed, as `skein logs --json` has it. */
export function logJson(printed: PrintedText, task: string | undefined): JsonObject {
  return {
    at: new Date(printed.at).toISOString(),
    action: printed.action,
    task: task ?? null,
    worker: printed.worker ?? null,
    stream: printed.stream,
    text: printed.text,
  };
}

function processName({ worker }: PrintedText): string {
  return worker ?? 'process';
}

/** A line end ends a line: it does not begin another. */
function textLines(text: string): readonly string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
