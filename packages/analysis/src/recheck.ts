import type { AnalysisContext } from './context.ts';
import type { AnalysisRecord, KeptFile, KeptModule } from './record.ts';
import { readStamped } from './sources.ts';
import { isUntouched } from '@skein/model';
import { statOf } from './stamp.ts';
import { watchAgain } from './watch.ts';

/** How a kept analysis compares with the files of today. */
export interface Recheck {
  readonly record: AnalysisRecord;
  readonly unchanged: boolean;
  /** Unchanged, but with newer times to keep. */
  readonly renewed: boolean;
  /** What imports lead to is as it was, as far as folders, manifests and packages say. */
  readonly sameResolution: boolean;
  /** Modules whose content is another one, or that are gone. */
  readonly changed: ReadonlySet<string>;
}

/** C8: looks at every file the analysis depends on; reads only what is not certainly the same. */
export function recheck(context: AnalysisContext, record: AnalysisRecord): Recheck {
  const { root, now, packages } = context;
  const changed = new Set<string>();
  let renewed = false;
  const renew = <T extends KeptFile | KeptModule>(kept: T, digest: string): T => {
    // Thousands of times: resolving each path costs as much as looking at the file.
    const absolute = `${root}/${kept.path}`;
    if (isUntouched(statOf(absolute), kept.stamp)) return kept;
    const file = readStamped(absolute, now);
    if (file?.digest !== digest) changed.add(kept.path);
    if (file === undefined || file.stamp === kept.stamp) return kept;
    renewed = true;
    return { ...kept, stamp: file.stamp };
  };
  const modules = record.modules.map((it) => renew(it, it.source));
  const data = record.data.map((it) => renew(it, it.digest));
  const watched = watchAgain(root, record.watched, now);
  if (watched.renewed !== null) renewed = true;
  const samePackages = record.packages.every((it) => packages.digestOf(it.folder) === it.digest);
  const sameSettings = record.passThrough.join('\n') === context.passThrough.join('\n');
  const next = { ...record, modules, data, watched: watched.renewed ?? record.watched };
  return {
    record: next,
    unchanged: watched.same && samePackages && sameSettings && changed.size === 0,
    renewed,
    sameResolution: watched.same && samePackages,
    changed,
  };
}
