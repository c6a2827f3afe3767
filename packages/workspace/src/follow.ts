import type { DatabaseSync } from 'node:sqlite';
import { isAlive, readEvents, type RunIndex } from '@skein/journal';
import type { Result } from '@skein/model';
import { succeed } from '@skein/model';
import type { Followed } from './contract.ts';

/** Liveness first: what a process recorded that was gone by then is all there is. */
export function follow(db: DatabaseSync, index: RunIndex, after: number): Result<Followed> {
  const alive = isAlive(index.started.process);
  const page = readEvents(db, index.number, { after });
  return page.ok ? succeed({ ...page.value, alive }) : page;
}
