import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll } from 'vitest';
import { openContainers, type TestContainers } from '../../scripts/containers.ts';
import type { TestRegistry } from '../../scripts/registry.ts';

/** Containers that Skein started have this label. */
const LABEL = 'dev.skein.pool';

/** Podman, a registry with a few images, and what was started here. */
export interface Machine {
  /** What a command has to find in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** `127.0.0.1:5123`. */
  readonly registry: string;
  /** Pushes an image with a file `/variant` of so many bytes as `skein/<name>`; its digest. */
  push(name: string, bytes: number): Promise<string>;
  /** Ids of Skein's containers, stopped ones included: all, or those of a state or sandbox. */
  left(within?: string): Promise<readonly string[]>;
  /** Removes them behind Skein's back; how many there were. */
  removeAll(within?: string): Promise<number>;
}

/** What a suite needs: made before its tests, gone after them. */
export function useMachine(name: string): Machine {
  let containers: TestContainers | undefined;
  let registry: TestRegistry | undefined;
  let base = '';
  beforeAll(async () => {
    containers = await openContainers(name);
    registry = await containers.startRegistry();
    base = await containers.baseImage();
  });
  afterAll(async () => await containers?.close());
  const opened = (): TestContainers => must(containers);
  return {
    get environment() {
      return opened().environment;
    },
    get registry() {
      return must(registry).host;
    },
    push: async (repository, bytes) => {
      const target = `${must(registry).host}/skein/${repository}`;
      return await opened().push(await opened().variant(base, bytes), target);
    },
    left: async (within) => await containersIn(opened(), within),
    removeAll: async (within) => {
      const ids = await containersIn(opened(), within);
      await opened().podman('rm', '--force', '--time', '0', ...ids);
      return ids.length;
    },
  };
}

/** The label holds the scratch folder of the pool, which lies in the state. */
async function containersIn({ podman }: TestContainers, within = ''): Promise<readonly string[]> {
  const format = `{{.ID}} {{index .Labels "${LABEL}"}}`;
  const filter = ['--filter', `label=${LABEL}`, '--format', format];
  const { code, stdout, stderr } = await podman('ps', '--all', '--no-trunc', ...filter);
  if (code !== 0) throw new Error(stderr);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const [id = '', pool = ''] = line.split(/ (.*)/);
    return pool.startsWith(within) ? [id] : [];
  });
}

/** An address of this machine at which a container without network cannot reach it. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((it) => it ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  return must(found).address;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is open yet');
  return value;
}
