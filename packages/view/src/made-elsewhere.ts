import type { MadeElsewhere, Provenance } from '@skein/model';
import { formatBefore, formatDuration } from './duration.ts';
import { oneLine } from './one-line.ts';
import { clip } from './value.ts';

const NAME = 60;
const ADDRESS = 200;
const COMMIT = 7;

/**
 * Who made a reused result, where, and when: `made by ada on build-7 (trusted, commit 1a2b3c4,
 * https://…), 3 h before, took 4.2 s`. `at`: when it was reused, milliseconds since 1970.
 */
export function describeElsewhere(elsewhere: MadeElsewhere, at?: number): string {
  const { provenance, durationMs } = elsewhere;
  const made = `made ${describeMaker(provenance)}`;
  return `${made}, ${describeWhen(elsewhere.at, at)}, took ${formatDuration(durationMs)}`;
}

/** `by ada on build-7 (trusted, commit 1a2b3c4, https://…)`. All of it is others' words. */
export function describeMaker({ user, host, scope, commit, ci }: Provenance): string {
  const by = user === undefined ? '' : `by ${word(user)} `;
  const on = host === undefined ? '' : `on ${word(host)} `;
  const from = [
    word(scope),
    ...(commit === undefined ? [] : [`commit ${word(commit).slice(0, COMMIT)}`]),
    ...(ci === undefined ? [] : [oneLine(clip(ci, ADDRESS))]),
  ];
  return `${by}${on}`.length === 0
    ? `elsewhere (${from.join(', ')})`
    : `${by}${on}(${from.join(', ')})`;
}

/** Another machine's clock may be ahead: then only the moment can be told. */
function describeWhen(made: number, at: number | undefined): string {
  if (at !== undefined && made <= at) return formatBefore(at - made);
  const moment = new Date(made);
  if (Number.isNaN(moment.getTime())) return 'at an unknown time';
  return `at ${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function word(text: string): string {
  return oneLine(clip(text, NAME));
}
