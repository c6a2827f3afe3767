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

/** Reads what `labelsOf` writes; `undefined`: it is none of ours. */
export function belongingOf(labels: Readonly<Record<string, unknown>>): Belonging | undefined {
  const { [POOL_LABEL]: pool, [OWNER_LABEL]: own } = labels;
  if (typeof pool !== 'string') return undefined;
  const fields = typeof own === 'string' ? /^(\d+) (.+) (\S+)$/.exec(own) : null;
  const [, pid = '', startedAt = '', host = ''] = fields ?? [];
  const owner = fields === null ? undefined : { pid: Number(pid), startedAt, host };
  return { pool, owner };
}
