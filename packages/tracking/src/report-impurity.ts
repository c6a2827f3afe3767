import type { Impurity } from '@skein/model';
import { authorLine, findCaller } from './author-line.ts';
import type { TrackingSettings } from './settings.ts';
import type { Watcher } from './watcher.ts';

type Kind = Impurity['kind'];

/**
 * Tells whoever watches of impurities (O8); throws where strictness forbids them. What Skein itself
 * does while an action runs is none of the action's.
 */
export interface Reporter {
  /**
   * Before it happens. `what`: as the author would write it. `false`: nobody watches, or it is
   * Skein's own.
   */
  readonly impure: (kind: Kind, what: string) => boolean;
  /** For what Node does on behalf of something that was told: only where nothing of it was. */
  readonly unlessTold: (kind: Kind, what: string) => void;
}

/** Libraries that are part of Node and use its public functions as any other would. */
const NODES_LIBRARIES = 'node:internal/deps/';

/**
 * Reports to the watcher that the present code belongs to. Nothing is spent where nobody watches,
 * or where the impurity is known: finding the author's line costs a thousand times the call.
 */
export function createReporter(settings: TrackingSettings): Reporter {
  const { watcher: present } = settings;
  const told = new WeakMap<Watcher, Set<Kind>>();
  const tell = (watcher: Watcher, kind: Kind, what: string): boolean => {
    const known = told.get(watcher);
    const { file, isSkein } = findCaller();
    if (isSkein) return false;
    if (isAftermath(kind, known, file)) return true;
    const at = authorLine(settings);
    watcher.impure({ kind, what, ...(at !== undefined && { at }) });
    if (known === undefined) told.set(watcher, new Set([kind]));
    else known.add(kind);
    return true;
  };
  return {
    impure: (kind, what) => {
      const watcher = present();
      if (watcher === undefined) return false;
      return watcher.knows(kind, what) || tell(watcher, kind, what);
    },
    unlessTold: (kind, what) => {
      const watcher = present();
      if (watcher === undefined || told.get(watcher)?.has(kind) === true) return;
      if (!watcher.knows(kind, what)) tell(watcher, kind, what);
    },
  };
}

/** A connection that `fetch` makes, a name that a connection looks up, a mask for a frame. */
function isAftermath(
  kind: Kind,
  told: ReadonlySet<Kind> | undefined,
  file: string | undefined,
): boolean {
  if (told === undefined || file?.startsWith('node:') !== true) return false;
  return told.has(kind) || (told.has('network') && file.startsWith(NODES_LIBRARIES));
}
