import { databasePath } from '@skein/journal';
import type { Result } from '@skein/model';
import { succeed } from '@skein/model';
import type { Opened } from './opened.ts';
import { openState } from './state.ts';

/** The state where it lies, never a copy of it. */
export interface Placed {
  readonly opened: Opened;
  readonly close: () => void;
}

/**
 * Commands that only look get a copy where the state cannot be opened in its place, on a full disk
 * for one. What is to last is written where the state lies, or not at all: it is tried once more.
 * Fails as opening does.
 */
export function inPlace(opened: Opened): Result<Placed> {
  const { state, clock, randomness, warn } = opened;
  if (isInPlace(opened)) return succeed({ opened, close: () => undefined });
  const again = openState(state.path, { clock, randomness, warn });
  if (!again.ok) return again;
  const { value } = again;
  return succeed({ opened: { ...opened, state: value }, close: () => value.close() });
}

export function isInPlace({ state }: Opened): boolean {
  return state.db.location() === databasePath(state.path);
}
