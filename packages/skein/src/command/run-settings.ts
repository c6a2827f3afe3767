import { succeed, type Result } from '@skein/model';
import type { StartRequest } from '@skein/workspace';
import { optionCount, optionGiven, optionPairs, optionText, optionTexts } from './parse.ts';
import type { Session } from './session.ts';

/** How a run is to be made, whatever it runs. */
export type RunSettings = Pick<
  StartRequest,
  'executor' | 'concurrency' | 'force' | 'forceTasks' | 'readOnly' | 'strict' | 'labels'
>;

/** What our own flags say about the run; a command that has not all of them leaves them out. */
export function readRunSettings({ parsed }: Pick<Session, 'parsed'>): Result<RunSettings> {
  const concurrency = optionCount(parsed, 'concurrency', 1);
  if (!concurrency.ok) return concurrency;
  const labels = optionPairs(parsed, 'label');
  if (!labels.ok) return labels;
  const executor = optionText(parsed, 'executor');
  return succeed({
    ...(executor === 'pool' || executor === 'inline' ? { executor } : {}),
    ...(concurrency.value === undefined ? {} : { concurrency: concurrency.value }),
    ...(labels.value.length === 0 ? {} : { labels: Object.fromEntries(labels.value) }),
    force: optionGiven(parsed, 'force'),
    forceTasks: optionTexts(parsed, 'force-task'),
    readOnly: optionGiven(parsed, 'read-only'),
    strict: optionGiven(parsed, 'strict'),
  });
}
