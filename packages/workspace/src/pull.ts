import type { ActionKey, Result } from '@skein/model';
import { succeed } from '@skein/model';
import { type Scope, SharedStoreError } from '@skein/store';
import type { PullReport } from '@skein/view';
import { isOfTask } from './cache-reports.ts';
import type { CachePlace } from './cache-place.ts';
import { openCachePlace, placeSettings } from './open-cache-place.ts';
import { openClient } from './open-client.ts';
import { greetFirst } from './open-share.ts';
import type { Opened } from './opened.ts';
import { type TraceItem, readShared } from './shared-results.ts';

export interface PullRequest {
  /** Only results of this task, by id or name. */
  readonly task?: string;
  /** Also the bytes of results. */
  readonly artifacts?: boolean;
  /** An address that wins over variables and configuration. */
  readonly remote?: string;
  readonly cwd: string;
}

/** So many keys are asked for at a time. */
const PAGE = 1_000;

/**
 * Brings what can be read, and is believed, into the state. Rejects with a `SharedStoreError` where
 * the remote does not answer.
 */
export async function pull(opened: Opened, request: PullRequest): Promise<Result<PullReport>> {
  const { remote: address, task, artifacts = false, cwd } = request;
  const settings = await placeSettings({ ...opened, remote: address });
  if (!settings.ok) return settings;
  const greeting = await greetFirst({ ...opened, settings: settings.value }, 'read');
  if (!greeting.ok) return greeting;
  const place = await openCachePlace({ ...opened, remote: address, cwd });
  if (!place.ok) return place;
  const client = await openClient(opened, settings.value, opened.warn);
  if (!client.ok) return client;
  const remote = client.value;
  try {
    const keys = await keysOf(place.value, greeting.value.reads, task);
    let learned = 0;
    const wanted = { brought: 0, gone: 0 };
    for (let at = 0; at < keys.length; at += PAGE) {
      const found = await remote.find(keys.slice(at, at + PAGE));
      learned += found.size;
      const kept = keep(opened);
      if (!kept.ok) return kept;
      for (const trace of artifacts ? [...found.values()].flat() : []) {
        const { outcome } = trace;
        await remote.bringInputs(trace);
        if (outcome.kind === 'error' || outcome.artifact === undefined) continue;
        if (await remote.blobs.bring(outcome.artifact)) wanted.brought += 1;
        else wanted.gone += 1;
      }
    }
    const { bytesDown, off } = remote.summary();
    if (off !== undefined) throw new SharedStoreError('unreachable', off);
    return succeed({
      place: place.value.place,
      entries: keys.length,
      learned,
      bytes: bytesDown,
      ...(artifacts ? { artifacts: wanted } : {}),
    });
  } finally {
    remote.close();
    place.value.close();
  }
}

/** What was learned is written with the rows of a journal, also where it has none. */
function keep({ state, warn }: Opened): Result<void> {
  const journal = state.openJournal(warn);
  return journal.ok ? journal.value.close() : journal;
}

async function keysOf(
  place: CachePlace,
  scopes: readonly Scope[],
  task: string | undefined,
): Promise<readonly ActionKey[]> {
  const items: TraceItem[] = [];
  for await (const item of place.list({ kinds: ['trace'], scopes })) {
    if (item.kind === 'trace') items.push(item);
  }
  if (task === undefined) return [...new Set(items.map(({ key }) => key))];
  const keys = new Set<ActionKey>();
  for await (const page of readShared(place, items)) {
    for (const one of page) if (isOfTask(one, task)) keys.add(one.key as ActionKey);
  }
  return [...keys];
}
