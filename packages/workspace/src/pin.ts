import { findRun, storageFailure } from '@skein/journal';
import type { Result, RunId } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { Pins } from '@skein/store';
import type { PinnedRun } from '@skein/view';
import type { Opened } from './opened.ts';

/** What became of a run's pin. */
export interface Pinned {
  readonly run: RunId;
  /** False where it was so already. */
  readonly changed: boolean;
}

/** Keeps a run whatever its age, or lets it go. `selector`: its id, a prefix of it, or `last`. */
export function setPin(
  { state, clock }: Opened,
  selector: string,
  isPinned: boolean,
): Result<Pinned> {
  try {
    const found = findRun(state.db, selector);
    if (!found.ok) return found;
    const { run } = found.value;
    const pins = new Pins(state.db);
    const changed = isPinned ? pins.pin({ run, at: clock.now() }) : pins.unpin(run);
    return succeed({ run, changed });
  } catch (error) {
    return fail(storageFailure(error, state.path));
  }
}

/** The pinned runs that are still recorded, in the order in which they were pinned. */
export function listPins({ state }: Opened): Result<readonly PinnedRun[]> {
  try {
    return succeed(new Pins(state.db).list());
  } catch (error) {
    return fail(storageFailure(error, state.path));
  }
}
