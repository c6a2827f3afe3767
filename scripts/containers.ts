import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImage } from './base-image.ts';
import { podmanIn, type Outcome, type Podman } from './podman.ts';
import { startRegistry, type TestRegistry } from './registry.ts';

/** Podman, a registry and an image for tests; all of it gone after `close`, but the base image. */
export interface TestContainers {
  /** A temporary folder of its own, which any user can read. */
  readonly folder: string;
  /** What podman, and whatever starts it, has to find in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly podman: Podman;
  /** A registry of its own on a free port of 127.0.0.1, which podman here reaches without TLS. */
  readonly startRegistry: () => Promise<TestRegistry>;
  /** An image of this machine's files: busybox as `sh` and all else, Python, no Node. */
  readonly baseImage: () => Promise<string>;
  /** The image with a file `/variant` of so many bytes more. */
  readonly variant: (image: string, extraBytes: number) => Promise<string>;
  /** Pushes a local image to `host:port/repository:tag`; the digest of its manifest. */
  readonly push: (image: string, target: string) => Promise<string>;
  /** Ids of the containers with a label, `name` or `name=value`, stopped ones included. */
  readonly containersLeft: (label: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** What the tests call beside Node and the package it comes in. */
const needed = [
  ['podman', 'podman'],
  ['runc', 'runc'],
  ['docker-registry', 'docker-registry'],
  ['python3', 'python3'],
  ['busybox', 'busybox-static'],
] as const;

const configuration = '[containers]\ndefault_ulimits = []\n[engine]\nruntime = "runc"\n';

/** Settings under which podman runs where there is neither systemd nor a raised file limit. */
export async function openContainers(name: string): Promise<TestContainers> {
  const folder = await mkdtemp(join(tmpdir(), `skein-${name}-`));
  const environment = await configure(folder);
  const podman = podmanIn(environment);
  const registries: TestRegistry[] = [];
  const images: string[] = [];
  return {
    folder,
    environment,
    podman,
    startRegistry: async () => {
      const registry = await startRegistry(join(folder, `registry-${registries.length}`));
      registries.push(registry);
      const entry = (it: TestRegistry) =>
        `[[registry]]\nlocation = "${it.host}"\ninsecure = true\n`;
      await writeFile(join(folder, 'registries.conf'), registries.map(entry).join(''));
      return registry;
    },
    baseImage: () => baseImage(podman, folder),
    variant: async (image, extraBytes) => {
      const tag = `localhost/skein-test-variant:${name}-${process.pid}-${images.length}`;
      const context = await mkdtemp(join(folder, 'variant-'));
      await writeFile(join(context, 'variant'), Buffer.alloc(extraBytes, 'x'));
      await writeFile(join(context, 'Containerfile'), `FROM ${image}\nCOPY variant /variant\n`);
      expect(await podman('build', '--quiet', '--pull=never', '--tag', tag, context));
      images.push(tag);
      return tag;
    },
    push: async (image, target) => {
      const file = join(await mkdtemp(join(folder, 'push-')), 'digest');
      expect(await podman('push', '--quiet', '--digestfile', file, image, target));
      return (await readFile(file, 'utf8')).trim();
    },
    containersLeft: (label) => containersLeft(podman, label),
    close: async () => {
      for (const registry of registries) images.push(...(await namesAt(podman, registry)));
      if (images.length > 0) await podman('rmi', '--force', ...images);
      await Promise.all(registries.map((it) => it.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Installs what is missing; why containers cannot be had here, `undefined` where they can. */
export async function ensureContainers(): Promise<string | undefined> {
  const missing = needed.filter(([command]) => !isThere(command)).map(([, parcel]) => parcel);
  if (missing.length > 0) {
    const trouble = install(missing);
    if (trouble !== undefined) return trouble;
  }
  const containers = await openContainers('check');
  try {
    const image = await containers.baseImage();
    const ran = await containers.podman('run', '--rm', '--network', 'none', image, 'true');
    if (ran.code === 0) return undefined;
    return `podman runs nothing here: ${lastLine(ran.stderr)}`;
  } catch (error) {
    return `podman makes no image here: ${lastLine(String(error))}`;
  } finally {
    await containers.close();
  }
}

async function configure(folder: string): Promise<Readonly<Record<string, string>>> {
  const environment = {
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
    REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
  };
  await writeFile(environment.CONTAINERS_CONF, configuration);
  await writeFile(environment.CONTAINERS_REGISTRIES_CONF, '');
  await writeFile(environment.REGISTRY_AUTH_FILE, '{"auths":{}}');
  await chmod(folder, 0o755);
  return environment;
}

/** What was pulled from, or tagged for, a registry: only these names are taken from an image. */
async function namesAt(podman: Podman, registry: TestRegistry): Promise<readonly string[]> {
  const format = '{{range .Names}}{{println .}}{{end}}';
  const listed = await podman('images', '--all', '--no-trunc', '--format', format);
  const names = listed.stdout.split('\n').filter((line) => line.startsWith(`${registry.host}/`));
  return [...new Set(names)];
}

async function containersLeft(podman: Podman, label: string): Promise<readonly string[]> {
  const filter = ['--filter', `label=${label}`];
  const listed = expect(await podman('ps', '--all', '--no-trunc', '--quiet', ...filter));
  return listed.stdout.split('\n').filter((line) => line !== '');
}

function expect(outcome: Outcome): Outcome {
  if (outcome.code === 0) return outcome;
  throw new Error(`podman ended with ${outcome.code}: ${outcome.stderr.trim()}`);
}

function isThere(command: string): boolean {
  return spawnSync('which', [command], { stdio: 'ignore' }).status === 0;
}

/** Quietly, by apt; no service that a package brings is started. */
function install(parcels: readonly string[]): string | undefined {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args: string[]) => {
    const settings = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
    const [command = '', ...rest] = [...prefix, ...settings, 'apt-get', '-qq', ...args];
    return spawnSync(command, rest, { encoding: 'utf8' });
  };
  process.stdout.write(`installs ${parcels.join(', ')}\n`);
  apt('update');
  const done = apt('install', '--yes', '--no-install-recommends', ...parcels);
  if (done.status === 0) return undefined;
  const why = done.error?.message ?? lastLine(done.stderr);
  return `"apt-get install ${parcels.join(' ')}" fails: ${why}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

if (import.meta.main) {
  const trouble = await ensureContainers();
  process.stdout.write(trouble === undefined ? 'containers can be run\n' : `${trouble}\n`);
  if (trouble !== undefined) process.exitCode = 1;
}
