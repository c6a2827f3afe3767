import { decode, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Platform, Result, TaskId, TaskRow } from '@skein/model';
import { describePlatform, succeed } from '@skein/model';
import type { TraceStore } from '@skein/store';

const KIND = 'task-table';
const FORMAT = 1;

/**
 * The table of tasks that a loaded module declares (Q1), kept like a result under the bundle and
 * the platform: where nothing changed no worker is started to ask again. `observations` of the
 * load belong to the record and are empty while loads are not tracked.
 */
export async function taskTable(
  store: Pick<TraceStore, 'keep' | 'kept'>,
  of: { readonly bundle: Digest; readonly platform: Platform },
  load: () => Promise<Result<readonly TaskRow[]>>,
): Promise<Result<ReadonlyMap<TaskId, TaskRow>>> {
  const key = digestOf('manifest', `${of.bundle}\n${describePlatform(of.platform)}`);
  const kept = store.kept(KIND, key);
  const known = kept === undefined ? undefined : readTable(kept);
  if (known !== undefined) return succeed(byId(known));
  const loaded = await load();
  if (!loaded.ok) return loaded;
  store.keep(KIND, key, encode([FORMAT, loaded.value, []]));
  return succeed(byId(loaded.value));
}

function readTable(bytes: Uint8Array): readonly TaskRow[] | undefined {
  try {
    const table = decode(bytes);
    if (!Array.isArray(table) || table[0] !== FORMAT || !Array.isArray(table[1])) return undefined;
    return table[1] as readonly TaskRow[];
  } catch {
    return undefined;
  }
}

function byId(rows: readonly TaskRow[]): ReadonlyMap<TaskId, TaskRow> {
  return new Map(rows.map((row) => [row.id, row]));
}
