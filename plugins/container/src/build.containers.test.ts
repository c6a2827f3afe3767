import { chmod, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openImages, type ImageBuilder, type WorkspaceImages } from '@skein/images';
import type { ImageRecipe, Result, ResolvedImage } from '@skein/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openContainers, type TestContainers } from '../../../scripts/containers.ts';
import type { TestRegistry } from '../../../scripts/registry.ts';
import { createBuilder } from './build-image.ts';
import type { BuildProgress } from './build-progress.ts';
import { findEngine, type EngineEnvironment } from './engine.ts';

let containers: TestContainers;
let registry: TestRegistry;
let base = '';

beforeAll(async () => {
  containers = await openContainers('build');
  registry = await containers.startRegistry();
  base = `${registry.host}/test/base:1`;
  await containers.push(await containers.baseImage(), base);
});
afterAll(async () => {
  await removeSalted();
  await containers.close();
});

interface Opened {
  readonly root: string;
  readonly images: WorkspaceImages;
  readonly told: BuildProgress[];
  /** Everything that was told, as a person would read it. */
  readonly words: () => readonly string[];
}

interface Wanted {
  readonly registry?: string | undefined;
  readonly root?: string;
  readonly variables?: EngineEnvironment;
  readonly signal?: AbortSignal;
  readonly onOutput?: () => void;
}

/** A workspace of its own with a builder: as two of them on one machine are two processes. */
async function open(wanted: Wanted = {}): Promise<Opened> {
  const root = wanted.root ?? (await mkdtemp(join(containers.folder, 'workspace-')));
  const stateDir = await mkdtemp(join(containers.folder, 'state-'));
  const environment = { ...process.env, ...containers.environment, ...wanted.variables };
  const told: BuildProgress[] = [];
  const build: ImageBuilder = createBuilder({
    engine: () => findEngine({ environment }),
    environment,
    registry: 'registry' in wanted ? wanted.registry : `${registry.host}/acme`,
    insecureRegistries: [],
    stateDir,
    temporary: containers.folder,
    inspect: (reference) => images.inspect(reference),
    told: (progress) => {
      told.push(progress);
      if (progress.kind === 'output') wanted.onOutput?.();
    },
    signal: wanted.signal,
  });
  const images = openImages({
    root,
    stateDir,
    environment,
    platform: 'linux/amd64',
    build,
    warn: (warning) => told.push({ kind: 'warning', image: '', warning }),
  });
  return { root, images, told, words: () => told.map(inWords) };
}

function inWords(it: BuildProgress): string {
  if (it.kind === 'step') return `${it.step}/${it.steps} ${it.title}`;
  if (it.kind === 'output') return `  ${it.line}`;
  if (it.kind === 'warning') return `warning ${it.warning.code}`;
  return it.kind;
}

function recipe(parts: Partial<ImageRecipe>): ImageRecipe {
  const nothing = { apt: [], npm: [], pip: [], copy: [], env: {}, run: [] };
  return { from: base, ...nothing, ...parts };
}

function must(result: Result<ResolvedImage>): ResolvedImage {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failure, null, 2));
}

async function inImage(image: string, command: string): Promise<string> {
  const run = ['run', '--rm', '--network', 'none', '--user', '65534:65534', image];
  const ran = await containers.podman(...run, 'sh', '-c', command);
  return ran.stdout + ran.stderr.replace(/^(?:Trying|Getting|Copying|Writing|Storing).*\n/gm, '');
}

/** What other tests have not built. */
let salts = 0;
const salted = (): Record<string, string> => ({ SALT: `${process.pid} ${salts++}` });

/** Images that were not pushed, and the layers of builds that failed. */
async function removeSalted(): Promise<void> {
  const all = (await containers.podman('images', '--all', '--quiet')).stdout.trim().split('\n');
  const format = '{{.Id}} {{.Config.Env}}';
  const { stdout } = await containers.podman('image', 'inspect', '--format', format, ...all);
  const ours = stdout.split('\n').filter((line) => line.includes(`SALT=${process.pid} `));
  await containers.podman('rmi', '--force', ...ours.map((line) => line.split(' ', 1)[0] ?? ''));
}

describe('a recipe is built', () => {
  test('Q6: from its base, files, variables and lines; pushed and pinned by digest', async () => {
    const { root, images, words } = await open();
    await mkdir(join(root, 'tools', 'deep'), { recursive: true });
    await writeFile(join(root, 'tools', 'deep', 'say'), '#!/bin/sh\necho "said $SAY"\n');
    await chmod(join(root, 'tools', 'deep', 'say'), 0o700);
    await symlink('deep/say', join(root, 'tools', 'say'));
    await writeFile(join(root, 'a $b.txt'), 'text\n');
    const image = must(
      await images.resolve(
        recipe({
          name: 'Say It',
          copy: [
            { from: 'tools', to: '/opt/tools' },
            { from: 'a $b.txt', to: '/opt/$b.txt' },
          ],
          env: { ...salted(), PATH: '/opt/tools:$PATH', SAY: '"x" \\$y' },
          run: ['echo built with $SAY\nid -u > /who', 'cat /opt/*.txt'],
        }),
      ),
    );
    expect(image.reference).toBe(`${registry.host}/acme/say-it@${image.digest}`);
    expect(words()).toEqual([
      'started',
      `1/8 from: ${base}`,
      '2/8 user: root',
      '3/8 copy: tools to /opt/tools',
      '4/8 copy: a $b.txt to /opt/$b.txt',
      '5/8 env: PATH SALT SAY',
      '6/8 run: echo built with $SAY\nid -u > /who',
      '  built with "x" $y',
      '7/8 run: cat /opt/*.txt',
      '  text',
      '8/8 label',
      'pushing',
      'built',
    ]);
    await containers.podman('rmi', '--force', image.reference);
    const said = await inImage(
      image.reference,
      'say; cat /who; stat -c "%a %Y" /opt/tools/deep/say',
    );
    expect(said).toBe('said "x" $y\n0\n755 0\n');
    expect(JSON.parse(await readFile(join(root, 'skein.images.json'), 'utf8'))).toMatchObject({
      images: {},
    });
  });

  test('once: the lock asks nobody, and what the registry has is not built', async () => {
    const wanted = recipe({ env: salted(), run: ['cat /proc/sys/kernel/random/uuid > /id'] });
    const first = await open();
    const built = must(await first.images.resolve(wanted));
    const again = await open({ root: first.root, registry: 'nowhere.invalid/acme' });
    expect(must(await again.images.resolve(wanted))).toEqual(built);
    const clone = await open({ variables: { PATH: '/nowhere' } });
    expect(must(await clone.images.resolve(wanted))).toEqual(built);
    expect([...again.told, ...clone.told]).toEqual([]);
  });

  test('once on a machine: two processes at the same time pin the same', async () => {
    const wanted = recipe({ env: salted(), run: ['cat /proc/sys/kernel/random/uuid > /id'] });
    const both = await Promise.all([open(), open()]);
    const [one, other] = await Promise.all(both.map((it) => it.images.resolve(wanted)));
    expect(one).toEqual(other);
    expect(one?.ok).toBe(true);
    const words = both.flatMap((it) => it.words());
    expect(words.filter((word) => word === 'built')).toHaveLength(1);
  });

  test('to the same digest again, where nobody has it any more', async () => {
    const wanted = recipe({ env: salted(), run: ['date > /when; rm /when; echo x > /x'] });
    const first = must(await (await open()).images.resolve(wanted));
    const elsewhere = await containers.startRegistry();
    const second = must(
      await (await open({ registry: `${elsewhere.host}/acme` })).images.resolve(wanted),
    );
    expect(second.digest).toBe(first.digest);
  });

  test('without a registry it stays on this machine, and that is said', async () => {
    const wanted = recipe({ name: 'local', env: salted(), run: ['echo local > /local'] });
    const { images, words } = await open({ registry: undefined });
    const image = must(await images.resolve(wanted));
    expect(image.reference).toBe(`localhost/skein/local@${image.digest}`);
    expect(words().slice(-2)).toEqual(['warning image-build', 'built']);
    expect(await inImage(image.reference, 'cat /local')).toBe('local\n');
    const again = await open({ registry: undefined });
    expect(must(await again.images.resolve(wanted))).toEqual(image);
    expect(again.words()).toEqual(['warning image-build']);
    await containers.podman('rmi', '--force', image.reference);
  });

  test('by buildah where no engine is', async () => {
    const bin = await mkdtemp(join(containers.folder, 'bin-'));
    const { stdout } = await containers.podman('info', '--format', '{{.Host.OCIRuntime.Path}}');
    await symlink('/usr/bin/buildah', join(bin, 'buildah'));
    await symlink(stdout.trim(), join(bin, 'runc'));
    const { images, words } = await open({ variables: { PATH: `${bin}:/usr/sbin:/sbin` } });
    const image = must(await images.resolve(recipe({ env: salted(), run: ['echo by buildah'] })));
    expect(words()).toContain('  by buildah');
    expect(await inImage(image.reference, 'echo runs')).toBe('runs\n');
  });
});

describe('a build that fails', () => {
  test('says which step, as it was written, with its output; nothing is left behind', async () => {
    const run = ['echo fine', 'echo out; echo err >&2; exit 3'];
    const { images, root } = await open();
    const failed = await images.resolve(recipe({ name: 'broken', env: salted(), run }));
    expect(failed).toMatchObject({
      ok: false,
      failure: {
        code: 'image-build',
        headline: 'the image "broken" cannot be built',
        facts: [
          ['step', 'run: echo out; echo err >&2; exit 3'],
          ['its output', expect.stringMatching(/^out\nerr\n.*exit status 3/)],
        ],
      },
    });
    await expect(readFile(join(root, 'skein.images.json'), 'utf8')).resolves.not.toContain(
      'broken',
    );
    const left = await containers.podman('ps', '--all', '--external', '--format', '{{.Image}}');
    expect(left.stdout).not.toContain(registry.host);
  });

  test('says so where the base has no apt-get', async () => {
    const { images } = await open();
    const failed = await images.resolve(recipe({ env: salted(), apt: ['git'] }));
    expect(failed).toMatchObject({
      failure: {
        facts: [
          ['step', 'apt: git'],
          [expect.any(String), expect.stringContaining('not found')],
        ],
        hint: 'start from an image that has "apt-get", or install it in a step before',
      },
    });
  });

  test('when its registry cannot be reached says where it was to be pushed', async () => {
    const { images } = await open({ registry: '127.0.0.1:1/acme' });
    const failed = await images.resolve(recipe({ env: salted() }));
    expect(failed).toMatchObject({
      failure: {
        code: 'image-build',
        headline: expect.stringContaining('was built and cannot be pushed'),
        facts: [
          ['to', expect.stringMatching(/^127\.0\.0\.1:1\/acme\/skein:[0-9a-f]{16}$/)],
          ['the builder says', expect.any(String)],
        ],
      },
    });
  });
});

describe('an interrupted build', () => {
  test('X5: ends its step, and leaves neither process, container nor file', async () => {
    const interruption = new AbortController();
    const onOutput = (): void => interruption.abort();
    const { images } = await open({ signal: interruption.signal, onOutput });
    // Of all on this machine only this build sleeps so long.
    const seconds = String(100_000 + process.pid);
    const hanging = recipe({ env: salted(), run: [`echo begun; exec sleep ${seconds}`] });
    const ended = await images.resolve(hanging);
    expect(ended).toMatchObject({ failure: { headline: expect.stringMatching(/interrupted/) } });
    expect(await commandLines()).not.toContainEqual(expect.stringContaining(seconds));
    const external = ['ps', '--all', '--external', '--no-trunc', '--format', '{{.Image}}'];
    const { stdout } = await containers.podman(...external);
    expect(stdout).not.toContain(registry.host);
    const left = await readdir(containers.folder);
    expect(left.filter((it) => it.startsWith('skein-build-'))).toEqual([]);
    // Nor does it begin again: the signal stays.
    expect((await images.resolve(hanging)).ok).toBe(false);
  });
});

async function commandLines(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((it) => /^\d+$/.test(it));
  const read = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return await Promise.all(read);
}
