import { decode, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type { LoadReport } from '@skein/executors';
import type { LogChunk, Observation, Platform, Result, TaskId, TaskRow } from '@skein/model';
import { describePlatform, reach, readChunk, storeChunk, succeed } from '@skein/model';
import type { TraceStore } from '@skein/store';

/** Kind of what is kept here. */
export const TASK_TABLE = 'task-table';
/** Format 1 knew no observations, 2 neither `network` nor programs of commands. */
const FORMAT = 3;
/** How often a loading that lost its worker is tried once more. */
const REPEATS = 3;

/** How a table is made, and checked. */
export interface TableSource {
  readonly load: () => Promise<Result<LoadReport>>;
  /** Whether all of these would be seen now as they were. */
  readonly holds: (observations: readonly Observation[]) => Promise<boolean>;
  /** False: what is loaded is not kept. */
  readonly keeps: boolean;
}

export interface LoadedTable {
  readonly rows: ReadonlyMap<TaskId, TaskRow>;
  /** What the worker observed that loaded it for this run; `null`: none did, or it saw nothing. */
  readonly log: LogChunk | null;
}

/**
 * The table of tasks that a loaded module declares (Q1), kept like a result under the bundle and
 * the platform, with what was observed meanwhile: where nothing of it changed no worker is started
 * to ask again.
 */
export async function taskTable(
  store: Pick<TraceStore, 'keep' | 'kept'>,
  of: { readonly bundle: Digest; readonly platform: Platform },
  source: TableSource,
): Promise<Result<LoadedTable>> {
  const key = tableKey(of);
  const kept = store.kept(TASK_TABLE, key);
  const known = kept === undefined ? undefined : readTable(kept);
  if (known !== undefined && (await source.holds(known.log?.observations ?? []))) {
    return succeed({ rows: byId(known.rows), log: null });
  }
  const loaded = await loadPatiently(source);
  if (!loaded.ok) return loaded;
  const { rows, log } = loaded.value;
  reach('table-loaded');
  if (source.keeps) store.keep(TASK_TABLE, key, encode([FORMAT, rows, log && storeChunk(log)]));
  return succeed({ rows: byId(rows), log });
}

/** Under which key the table of a bundle is kept. */
export function tableKey(of: { readonly bundle: Digest; readonly platform: Platform }): Digest {
  return digestOf('manifest', `${of.bundle}\n${describePlatform(of.platform)}`);
}

/** A worker that is lost while it starts is the system's fault: another one is started (R6). */
async function loadPatiently({ load }: TableSource): Promise<Result<LoadReport>> {
  for (let repeats = 0; ; repeats += 1) {
    const loaded = await load();
    if (loaded.ok || loaded.failure.code !== 'worker-lost' || repeats === REPEATS) return loaded;
  }
}

function readTable(bytes: Uint8Array): LoadReport | undefined {
  try {
    const table = decode(bytes);
    if (!Array.isArray(table) || table[0] !== FORMAT || !Array.isArray(table[1])) return undefined;
    const [, rows, log] = table as unknown as readonly [number, readonly TaskRow[], unknown];
    return { rows, log: log === null ? null : readChunk(log) };
  } catch {
    return undefined;
  }
}

function byId(rows: readonly TaskRow[]): ReadonlyMap<TaskId, TaskRow> {
  return new Map(rows.map((row) => [row.id, row]));
}
