import { indexRun, isAlive } from '@skein/journal';
import type { ActionKey, Result, SharingLeft, Trace } from '@skein/model';
import { succeed } from '@skein/model';
import { SharedStoreError, Survey } from '@skein/store';
import { type PushReport, taskName } from '@skein/view';
import type { Opened } from './opened.ts';
import { placeSettings } from './open-cache-place.ts';
import { openClient } from './open-client.ts';
import { greetFirst } from './open-share.ts';

export interface PushRequest {
  /** By id, unique prefix, or `last`; absent: every result of the state. */
  readonly run?: string;
  /** An address that wins over variables and configuration. */
  readonly remote?: string;
  readonly progress?: (left: SharingLeft) => void;
  readonly signal?: AbortSignal;
}

/** Why a result stays, in the words of a list. */
const WHY: Readonly<Record<string, string>> = {
  outside: 'observed a path outside the workspace',
  learned: 'came from elsewhere',
  'not-the-authors': 'failed by no fault of the author',
  'log-missing': 'depend on a log that is gone',
  'log-too-long': 'depend on a log that is too long',
  'bytes-missing': 'have bytes that are gone',
};

/**
 * Shares what the state knows, as far as it may be; tells why the rest stays. Rejects with a
 * `SharedStoreError` where the remote does not answer.
 */
export async function push(opened: Opened, request: PushRequest): Promise<Result<PushReport>> {
  const traces = tracesOf(opened, request.run);
  if (!traces.ok) return traces;
  const settings = await placeSettings({ ...opened, remote: request.remote });
  if (!settings.ok) return settings;
  const greeting = await greetFirst({ ...opened, settings: settings.value }, 'write');
  if (!greeting.ok) return greeting;
  const client = await openClient(opened, settings.value, opened.warn);
  if (!client.ok) return client;
  const remote = client.value;
  const stay = new Map<string, { count: number; example: string }>();
  let results = 0;
  try {
    for (const trace of traces.value) {
      results += 1;
      const why = remote.whyUnshared(trace);
      if (why === undefined) remote.offer(trace);
      else staying(stay, why.kind, trace);
    }
    const { progress, signal } = request;
    const told = progress && relative(progress);
    const end = await remote.settle({
      ...(told === undefined ? {} : { progress: told }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { pushed, same, conflicts, refused, dropped, left, bytesUp, off } = end;
    if (off !== undefined) throw new SharedStoreError('unreachable', off);
    for (const [kind, count] of Object.entries(end.unshared)) {
      if (!stay.has(kind)) stay.set(kind, { count, example: 'some of them' });
    }
    return succeed({
      place: settings.value.address.url,
      results,
      pushed,
      same,
      conflicts,
      refused,
      left: left + dropped,
      bytes: bytesUp,
      stay: [...stay].map(([kind, one]) => ({ why: WHY[kind] ?? kind, ...one })),
    });
  } finally {
    remote.close();
  }
}

function relative(
  progress: (left: SharingLeft) => void,
): (left: { readonly entries: number; readonly bytes: number }) => void {
  let most = 0;
  return ({ entries, bytes }) => {
    most = Math.max(most, entries);
    progress({ entries, of: most, bytes });
  };
}

function staying(
  stay: Map<string, { count: number; example: string }>,
  kind: string,
  { task }: Trace,
): void {
  const known = stay.get(kind);
  if (known === undefined) stay.set(kind, { count: 1, example: taskName(task) });
  else known.count += 1;
}

function tracesOf({ state }: Opened, run: string | undefined): Result<Iterable<Trace>> {
  if (run === undefined) return succeed(everyTrace(state));
  const index = indexRun(state.db, run, isAlive);
  if (!index.ok) return index;
  const keys = new Set<ActionKey>();
  for (const action of index.value.details([...index.value.actions()]).values()) {
    if (action.key !== null && action.verdict.kind === 'execute') keys.add(action.key);
  }
  const found = state.traces.lookUpMany(keys);
  return succeed([...found.values()].flatMap((traces) => traces));
}

function* everyTrace({ db }: Opened['state']): Generator<Trace> {
  for (const { trace } of new Survey(db).traces()) if (trace !== undefined) yield trace;
}
