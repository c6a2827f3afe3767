import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import { KEPT_FOLDER, KEPT_VERSION } from './settings.ts';
import { Keeper } from './keep.ts';
import type { SourceList } from './link-record.ts';
import type { AnalysisRecord } from './record.ts';
import { DAY_MS, statsOf } from './last-use.ts';

/** How long what no record names stays: another process may still work with it. */
const UNNAMED_MS = 7 * DAY_MS;
/** How long the record of an entry stays that nobody analyses any more. */
const UNUSED_MS = 30 * DAY_MS;
/** How long what is found by its content alone stays, since no record names it. */
const UNASKED_MS = 90 * DAY_MS;

/** Contents that records name, by folder. */
type Named = Readonly<Record<'emitted' | 'facts' | 'sources', ReadonlySet<string>>>;

/**
 * Removes what earlier analyses left behind: at most once a day, and only what no record names and
 * nobody has written or used for a while. Everything removed can be made again, so it does no harm
 * if another process needs it after all, or removes it at the same time.
 *
 * Bundles are left alone: recorded runs name them by their digests (`run-started`, and the record
 * `run-code` beside the traces), and once the sources have changed none can be made again. Who
 * knows the runs removes what none of them names.
 */
export function pruneSeldom(context: AnalysisContext): void {
  const { state, now } = context;
  const kept = join(state, KEPT_FOLDER, KEPT_VERSION);
  const marker = join(kept, 'pruned.json');
  const last = statsOf(marker)?.mtimeMs ?? 0;
  if (Math.abs(now() - last) < DAY_MS) return;
  new Keeper(kept).save('pruned.json', {});
  // The clock may have jumped since they were written: they are about to be used.
  prune(state, now(), basename(dirname(recordName(context, 'record'))));
}

/** As `pruneSeldom`, at once. The entry `own` stays with all that it names, however old. */
export function prune(state: string, now: number, own = ''): void {
  const kept = join(state, KEPT_FOLDER, KEPT_VERSION);
  const except = new Set([own]);
  removeOld(join(kept, 'entries'), now - UNUSED_MS, { except, newest: 'record.json' });
  const named = namedBy(kept);
  for (const folder of ['emitted', 'facts', 'sources'] as const) {
    removeOld(join(kept, folder), now - UNNAMED_MS, { except: named[folder] });
  }
  for (const folder of ['schemas', 'packages']) removeOld(join(kept, folder), now - UNASKED_MS);
  removeOld(join(state, KEPT_FOLDER), now - UNUSED_MS, {
    except: new Set([KEPT_VERSION]),
    newest: 'entries',
  });
}

function namedBy(kept: string): Named {
  const keeper = new Keeper(kept);
  const named = {
    emitted: new Set<string>(),
    facts: new Set<string>(),
    sources: new Set<string>(),
  };
  for (const entry of namesIn(join(kept, 'entries'))) {
    const record = keeper.load(`entries/${entry}/record.json`) as AnalysisRecord | undefined;
    const list = keeper.load(`entries/${entry}/list.json`) as SourceList | undefined;
    if (list !== undefined) named.sources.add(list.name);
    if (record === undefined) continue;
    for (const it of record.modules) named.emitted.add(it.pack);
    named.facts.add(record.facts);
  }
  return named;
}

interface Removal {
  readonly except?: ReadonlySet<string>;
  /** A file inside that is as old as its last use; a folder's own time says less. */
  readonly newest?: string;
}

function removeOld(folder: string, before: number, { except, newest = '' }: Removal = {}): void {
  // A linked folder belongs to another state, whose records are not known here.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true) return;
  for (const name of namesIn(folder)) {
    if (except?.has(name) === true) continue;
    const path = join(folder, name);
    const used = statsOf(join(path, newest)) ?? statsOf(path);
    if (used === undefined || used.mtimeMs >= before) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else removes it, or may.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
