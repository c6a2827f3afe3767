import { basename } from 'node:path';
import type { ProcessIdentity } from '@skein/journal';

export const POOL_LABEL = 'dev.skein.pool';
export const OWNER_LABEL = 'dev.skein.owner';

/** Whose a container is: the scratch folder of its pool, and the process that started it. */
export interface Belonging {
  readonly pool: string;
  readonly owner: ProcessIdentity | undefined;
}

export function labelsOf({ pool, owner }: Belonging): Readonly<Record<string, string>> {
  const own = owner === undefined ? '' : `${owner.pid} ${owner.startedAt} ${owner.host}`;
  return { [POOL_LABEL]: pool, [OWNER_LABEL]: own };
}

/** The name of the container of a worker, by its number in the pool. */
export function nameIn(pool: string, worker: string): string {
  return `skein-${basename(pool)}-${worker}`;
}

/** A pattern of the shell for the names of all containers of a pool. */
export function namesIn(pool: string): string {
  return nameIn(pool, '*');
}

/** Reads what `labelsOf` writes; `undefined`: it is none of ours. */
export function belongingOf(labels: Readonly<Record<string, unknown>>): Belonging | undefined {
  const { [POOL_LABEL]: pool, [OWNER_LABEL]: own } = labels;
  if (typeof pool !== 'string') return undefined;
  const fields = typeof own === 'string' ? /^(\d+) (.+) (\S+)$/.exec(own) : null;
  const [, pid = '', startedAt = '', host = ''] = fields ?? [];
  const owner = fields === null ? undefined : { pid: Number(pid), startedAt, host };
  return { pool, owner };
}
