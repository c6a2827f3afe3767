import type { AdoptionSummary, MadeOtherwise, Reason, Resumed } from '@skein/model';
import { formatCount } from './amount.ts';
import { describeChange } from './change.ts';
import { explainReason } from './reason.ts';

const SHOWN = 4;

/** `846 of run …: 846 by earlier code: src/main.ts#item changed` (R2). */
export function describeResumed({ run, ...adoption }: Resumed): string {
  const made = describeMade(adoption);
  return `${formatCount(adoption.adopted)} of run ${run}${made === undefined ? '' : `: ${made}`}`;
}

/** What of the adopted other code or data made; `undefined`: nothing. */
export function describeMade({ madeByEarlier, made }: AdoptionSummary): string | undefined {
  if (madeByEarlier === 0) return undefined;
  const names = [...new Set(made.flatMap(({ reason }) => namesIn(reason)))];
  const more = names.length - SHOWN;
  const shown = names.slice(0, SHOWN).join(', ');
  const rest = more > 0 ? ` and ${formatCount(more)} more` : '';
  return `${formatCount(madeByEarlier)} ${originOf(made)}: ${shown}${rest}`;
}

/** What is different, each in a clause. */
export function namesIn(reason: Reason): readonly string[] {
  switch (reason.kind) {
    case 'key-changed':
      return reason.changes.map(describeChange);
    case 'child-changed':
      return [`other results of ${reason.task}`];
    case 'code-unknown':
      return ['code that is not on record any more'];
    default:
      return [explainReason(reason)];
  }
}

/** Of which kind everything is that is different. */
function originOf(made: readonly MadeOtherwise[]): string {
  const kinds = new Set(made.map(({ reason }) => reason.kind));
  const only = (...wanted: readonly Reason['kind'][]): boolean =>
    [...kinds].every((kind) => wanted.includes(kind));
  if (only('key-changed', 'code-unknown')) return 'by earlier code';
  return only('observation-changed') ? 'from earlier data' : 'by earlier code or data';
}
