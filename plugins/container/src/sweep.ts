import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { abandonedIn, removeAbandoned } from '@skein/executors';
import { isAlive } from '@skein/journal';
import type { Failure } from '@skein/model';
import { belongingOf, namesIn, POOL_LABEL } from './container-labels.ts';
import type { Belonging } from './container-labels.ts';
import { engineMarkedIn, unmarkContainers } from './containers-mark.ts';
import { dialectOf } from './dialect.ts';
import { findEngine } from './engine.ts';
import type { Engine, EngineEnvironment } from './engine.ts';
import { endMonitors } from './monitors.ts';

export interface ContainerSweep {
  /** Absolute state directory. */
  readonly state: string;
  /** The command's environment. */
  readonly environment: EngineEnvironment;
  readonly warn: (warning: Failure) => void;
}

/**
 * Removes the containers of commands that died, as they all do that nobody owns any more; says so
 * once. Cheap where there are none: the scratch folders tell which engine to ask. Returns how many
 * it removed.
 */
export async function sweepContainers(sweep: ContainerSweep): Promise<number> {
  const { state, environment, warn } = sweep;
  const scratch = join(state, 'scratch');
  const names = await readdir(scratch).catch(() => []);
  if (!names.some((name) => engineMarkedIn(join(scratch, name)) !== undefined)) return 0;
  const marked = new Map<string, string[]>();
  // Those of another host are nobody's to judge, however old.
  for (const pool of await abandonedIn(scratch, 0)) {
    const path = engineMarkedIn(pool);
    if (path !== undefined) marked.set(path, [...(marked.get(path) ?? []), pool]);
  }
  let removed = 0;
  for (const [wanted, pools] of marked) {
    const engine = await findEngine({ wanted, environment });
    const gone = engine.ok ? await sweepEngine(engine.value, warn) : undefined;
    if (gone === undefined) {
      warn(notLookedFor(wanted, pools.length));
      continue;
    }
    removed += gone;
    for (const pool of pools) {
      await endMonitors(namesIn(pool), environment);
      await unmarkContainers(pool);
      await removeAbandoned(pool);
    }
  }
  return removed;
}

interface Leftover extends Belonging {
  readonly id: string;
}

/** `undefined`: the engine does not do it. */
async function sweepEngine(
  engine: Engine,
  warn: ContainerSweep['warn'],
): Promise<number | undefined> {
  const all = await listOurs(engine);
  const left = all?.filter(isLeft);
  if (left === undefined || left.length === 0) return left?.length;
  const removed = await engine.run([...dialectOf(engine).remove, ...left.map(({ id }) => id)]);
  if (removed.code !== 0) {
    // Somebody else may have been quicker.
    const still = new Set((await listOurs(engine))?.map(({ id }) => id));
    if (left.some(({ id }) => still.has(id))) return undefined;
  }
  warn(leftover(left));
  return left.length;
}

/** Its process is gone, or what it works in; nobody here can say it of one of another host. */
function isLeft({ owner, pool }: Belonging): boolean {
  if (owner === undefined) return !existsSync(pool);
  return owner.host === hostname() && (!isAlive(owner) || !existsSync(pool));
}

async function listOurs(engine: Engine): Promise<readonly Leftover[] | undefined> {
  const filter = ['--filter', `label=${POOL_LABEL}`];
  const listed = await engine.run(['ps', '--all', '--quiet', '--no-trunc', ...filter]);
  if (listed.code !== 0) return undefined;
  const ids = listed.stdout.split('\n').filter((id) => id !== '');
  const found = await Promise.all(ids.map((id) => inspect(engine, id)));
  return found.filter((it) => it !== undefined);
}

async function inspect(engine: Engine, id: string): Promise<Leftover | undefined> {
  const format = ['--format', '{{json .Config.Labels}}'];
  const asked = await engine.run(['container', 'inspect', ...format, id]);
  try {
    const labels: unknown = JSON.parse(asked.stdout);
    if (typeof labels !== 'object' || labels === null) return undefined;
    const belonging = belongingOf(Object.fromEntries(Object.entries(labels)));
    return belonging === undefined ? undefined : { ...belonging, id };
  } catch {
    // It is gone by now.
    return undefined;
  }
}

function leftover(left: readonly Leftover[]): Failure {
  const owners = new Set(left.map(({ owner }) => String(owner?.pid ?? 'unknown')));
  const count = left.length === 1 ? 'a container' : `${left.length} containers`;
  return {
    code: 'container-leftover',
    kind: 'warning',
    headline: `removed ${count} that an ended command had left`,
    facts: [['process', [...owners].join(', ')]],
  };
}

function notLookedFor(engine: string, pools: number): Failure {
  return {
    code: 'container-leftover',
    kind: 'warning',
    headline: 'containers of an ended command may be left',
    facts: [
      ['commands', String(pools)],
      ['engine', `"${engine}" does not answer`],
    ],
    hint: 'start the engine: the next command removes them',
  };
}
