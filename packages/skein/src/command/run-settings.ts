import { succeed, type Result } from '@skein/model';
import type { StartRequest } from '@skein/workspace';
import { optionCount, optionGiven, optionPairs, optionText, optionTexts } from './parse.ts';
import type { Session } from './session.ts';

/** How a run is to be made, whatever it runs. */
export type RunSettings = Pick<
  StartRequest,
  | 'executor'
  | 'concurrency'
  | 'force'
  | 'forceTasks'
  | 'readOnly'
  | 'strict'
  | 'labels'
  | 'remote'
  | 'remoteMode'
>;

/** What our own flags say about the run; a command that has not all of them leaves them out. */
export function readRunSettings({ parsed }: Pick<Session, 'parsed'>): Result<RunSettings> {
  const concurrency = optionCount(parsed, 'concurrency', 1);
  if (!concurrency.ok) return concurrency;
  const labels = optionPairs(parsed, 'label');
  if (!labels.ok) return labels;
  const executor = optionText(parsed, 'executor');
  const remote = optionText(parsed, 'remote');
  const remoteMode = optionText(parsed, 'remote-mode');
  return succeed({
    ...(isExecutor(executor) ? { executor } : {}),
    ...(concurrency.value === undefined ? {} : { concurrency: concurrency.value }),
    ...(labels.value.length === 0 ? {} : { labels: Object.fromEntries(labels.value) }),
    ...(remote === undefined ? {} : { remote }),
    ...(isMode(remoteMode) ? { remoteMode } : {}),
    force: optionGiven(parsed, 'force'),
    forceTasks: optionTexts(parsed, 'force-task'),
    readOnly: optionGiven(parsed, 'read-only'),
    strict: optionGiven(parsed, 'strict'),
  });
}

/** The parser has checked it against the choices. */
export function isExecutor(
  name: string | undefined,
): name is NonNullable<StartRequest['executor']> {
  return name !== undefined;
}

function isMode(mode: string | undefined): mode is NonNullable<StartRequest['remoteMode']> {
  return mode !== undefined;
}
