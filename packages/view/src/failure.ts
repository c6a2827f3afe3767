import type { Failure, Place } from '@skein/model';
import { alignFacts } from './facts.ts';
import type { Style } from './style.ts';

/**
 * A failure for a person: headline with its code, place with a squiggle, aligned facts, one hint.
 *
 * ```
 * error[task-in-function]: task "inner" is declared inside a function
 *   src/main.ts:3:11
 *     3 |     const inner = env.task(async () => 1);
 *       |           ^^^^^
 *   task  "inner"
 *   hint: declare it at module level
 * ```
 */
export function renderFailure(failure: Failure, style: Style): string {
  return [
    headline(failure, style),
    ...(failure.place === undefined ? [] : renderPlace(failure.place, style)),
    ...alignFacts(failure.facts, style),
    ...(failure.hint === undefined ? [] : [`  ${style.name('hint:')} ${failure.hint}`]),
  ].join('\n');
}

/** Several failures, one blank line between, and how many there are. */
export function renderFailures(failures: readonly Failure[], style: Style): string {
  const texts = failures.map((failure) => renderFailure(failure, style));
  if (failures.length > 1) texts.push(style.strong(`${failures.length} errors`));
  return texts.join('\n\n');
}

/** `src/main.ts:3:11`. */
export function formatPlace(place: Place): string {
  return `${place.path}:${place.line}:${place.column}`;
}

function headline(failure: Failure, style: Style): string {
  const label = failure.kind === 'warning' ? 'warning' : 'error';
  const paint = failure.kind === 'warning' ? style.warn : style.bad;
  return `${paint(`${label}[${failure.code}]`)}: ${style.strong(failure.headline)}`;
}

/** Tabs before the squiggle stay tabs, so that it stands below what it underlines. */
function renderPlace(place: Place, style: Style): readonly string[] {
  const number = String(place.line);
  const before = place.source.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
  const room = Math.max(1, place.source.length - place.column + 1);
  const squiggle = '^'.repeat(Math.max(1, Math.min(place.length, room)));
  return [
    `  ${formatPlace(place)}`,
    `    ${style.faint(`${number} |`)} ${place.source}`,
    `    ${style.faint(`${' '.repeat(number.length)} |`)} ${before}${style.bad(squiggle)}`,
  ];
}
