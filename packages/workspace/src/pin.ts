import { findRun, storageFailure } from '@skein/journal';
import type { Result, RunId } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { Pins } from '@skein/store';
import type { PinnedRun } from '@skein/view';
import { inPlace } from './gc-place.ts';
import type { Opened } from './opened.ts';

/** What became of a run's pin. */
export interface Pinned {
  readonly run: RunId;
  /** False where it was so already. */
  readonly changed: boolean;
}

/**
 * Keeps a run whatever its age, or lets it go. `selector`: its id, a prefix of it, or `last`. Fails
 * as opening does where only a copy of the state could be opened: a pin there would be lost.
 */
export function setPin(opened: Opened, selector: string, isPinned: boolean): Result<Pinned> {
  const placed = inPlace(opened);
  if (!placed.ok) return placed;
  const { state, clock } = placed.value.opened;
  try {
    const found = findRun(state.db, selector);
    if (!found.ok) return found;
    const { run } = found.value;
    const pins = new Pins(state.db);
    const changed = isPinned ? pins.pin({ run, at: clock.now() }) : pins.unpin(run);
    return succeed({ run, changed });
  } catch (error) {
    return fail(storageFailure(error, state.path));
  } finally {
    placed.value.close();
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
