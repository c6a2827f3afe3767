import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noRegistry, startRegistry, type TestRegistry } from '../../../../scripts/registry.ts';
import { architecture, pushImage } from '../../test/push-image.ts';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const missing = noRegistry();
const platform = `linux/${architecture}`;
/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

/** `own` runs here, so that its image counts without a container. */
function mainText(host: string): string {
  return `
import { environment, image } from 'skein';
const env = environment({ name: 'images', cache: 'auto', isolation: 'process' });
const built = image({ name: 'tools', from: '${host}/acme/base:1', apt: ['git'] });
export const own = env.task({ image: '${host}/acme/own:1' }, async (n: number) => n);
export const made = env.task({ image: built }, async () => 1);
export const main = env.task({ image: '${host}/acme/own:1' }, async () => await own(1));
export const plain = env.task(async () => 1);
`;
}

const OWN_TEXT = (host: string): string =>
  mainText(host)
    .replaceAll(/^.*(?:built|made).*\n/gm, '')
    .replace(', image }', ' }');

describe.skipIf(missing !== undefined)(`skein image ${missing ?? ''}`, () => {
  let folder: string;
  let registry: TestRegistry;
  let pipeline: RealWorkspace;
  let own: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skein-image-command-'));
    registry = await startRegistry(folder);
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    own = await push('own', 'first');
    await push('base', 'first');
    pipeline = realWorkspace({ 'src/main.ts': OWN_TEXT(registry.host) });
  });
  afterEach(() => pipeline.remove());

  async function push(name: string, content: string): Promise<string> {
    return await pushImage({ host: registry.host, repository: `acme/${name}`, content });
  }
  const named = (name: string): string => `${registry.host}/acme/${name}:1`;
  const lockFile = (): string => join(pipeline.root, 'skein.images.json');
  const lock = (): string => readFileSync(lockFile(), 'utf8');

  test('Q6: a run locks what its tasks name, and says so once', SLOW, async () => {
    const first = await pipeline.skein('run src/main.ts');
    expect(first.code).toBe(0);
    expect(first.err).toContain(`resolving ${named('own')} … ${own.slice(0, 19)}…\n`);
    expect(first.err).toContain('skein.images.json: 1 image locked; commit it\n');
    expect(lock()).toContain(own);
    const second = await pipeline.skein('run src/main.ts');
    expect([second.code, second.err]).toEqual([0, '']);
  });

  test('Q6: what only looks, or leaves nothing, writes no lock', SLOW, async () => {
    for (const line of [
      'plan src/main.ts',
      'run src/main.ts --read-only',
      'image ls src/main.ts',
    ]) {
      expect((await pipeline.skein(line)).code).toBe(0);
      expect(() => lock()).toThrow(/ENOENT/);
    }
  });

  test('Q6: no entry and no registry: nothing runs, and the image is named', SLOW, async () => {
    pipeline.edit('src/main.ts', named('own'), '127.0.0.1:9/acme/own:1');
    const { code, err } = await pipeline.skein('run src/main.ts');
    expect(code).toBe(2);
    expect(err).toContain('127.0.0.1:9/acme/own:1');
    expect(JSON.parse((await pipeline.skein('runs --json')).out)).toMatchObject({ runs: [] });
  });

  test('a moved tag is another image by an update only, told with its tasks', SLOW, async () => {
    await pipeline.skein('run src/main.ts');
    const before = lock();
    const moved = await push('own', 'second');
    expect((await pipeline.skein('run src/main.ts --json')).out).toMatch(/"executed": 0/);

    const dry = await pipeline.skein('image update --dry-run --entry src/main.ts');
    expect(dry.out).toBe(
      `${named('own')}\n  ${own}\n  → ${moved}\n\n` +
        'tasks of src/main.ts that execute again:\n  src/main.ts#own\n  src/main.ts#main\n\n' +
        'nothing was written: --dry-run\n',
    );
    expect(lock()).toBe(before);

    const line = `image update ${named('own')} --entry src/main.ts --json`;
    expect(JSON.parse((await pipeline.skein(line)).out)).toEqual({
      dryRun: false,
      entry: 'src/main.ts',
      by: 'entry',
      images: [{ image: named('own'), kind: 'reference', moved: true, before: own, after: moved }],
      executeAgain: ['src/main.ts#own', 'src/main.ts#main'],
      skipped: [],
    });
    expect(lock()).toContain(moved);
    expect((await pipeline.skein('image update')).out).toBe('nothing moved: 1 image as locked\n');
    expect((await pipeline.skein('run src/main.ts --json')).out).toMatch(/"executed": 2/);
  });

  test('without a pipeline the records of earlier runs tell the tasks', SLOW, async () => {
    await pipeline.skein('run src/main.ts');
    await push('own', 'third');
    const { out } = await pipeline.skein('image update');
    expect(out).toContain(
      'tasks by the records of earlier runs that execute again:\n' +
        '  src/main.ts#main\n  src/main.ts#own\n',
    );
  });

  test('an image that is built is told, and a plan goes on without it', SLOW, async () => {
    pipeline.write('src/main.ts', mainText(registry.host));
    pipeline.write('skein.config.json', '{ "entry": "src/main.ts" }');
    const plan = await pipeline.skein('plan src/main.ts made');
    expect(plan.code).toBe(0);
    expect(plan.err).toContain('an image is not built yet');
    expect(plan.out).toContain('would execute 1');
    const run = await pipeline.skein('run src/main.ts made --read-only');
    expect(run.code).toBe(2);
    expect(run.err).toContain('what only reads builds none');
    const { images } = JSON.parse((await pipeline.skein('image ls --json')).out);
    expect(images).toContainEqual({
      image: 'tools',
      kind: 'recipe',
      platform: null,
      digest: null,
      reference: null,
      node: null,
      tasks: ['src/main.ts#made'],
    });
    const dry = JSON.parse((await pipeline.skein('image update tools --dry-run --json')).out);
    expect(dry.images).toContainEqual({
      image: 'tools',
      kind: 'recipe',
      moved: true,
      before: null,
      after: null,
    });
    expect(dry.executeAgain).toEqual(['src/main.ts#made']);
  });

  test('ls and inspect tell digest, platform and tasks', SLOW, async () => {
    await pipeline.skein('run src/main.ts');
    const { out } = await pipeline.skein('image ls src/main.ts --json');
    expect(JSON.parse(out).images).toEqual([
      {
        image: named('own'),
        kind: 'reference',
        platform,
        digest: own,
        reference: `${registry.host}/acme/own@${own}`,
        node: null,
        tasks: ['src/main.ts#own', 'src/main.ts#main'],
      },
    ]);
    const shown = await pipeline.skein(`image inspect ${own.slice(7, 19)}`);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain(`in the lock\n  image     ${named('own')}`);
    expect(shown.out).toContain('entrypoint  /run');
  });

  test('an unknown image is told with those that there are', SLOW, async () => {
    await pipeline.skein('run src/main.ts');
    const update = await pipeline.skein('image update bogus');
    expect(update.code).toBe(2);
    expect(update.err).toContain(`known  ${named('own')}`);
    const inspect = await pipeline.skein(`image inspect ${registry.host}/acme/bogus:1`);
    expect(inspect.code).toBe(2);
    expect(inspect.err).toContain(named('own'));
  });

  test('a lock that cannot be read stops what needs an image, and nothing else', SLOW, async () => {
    writeFileSync(lockFile(), '{ "version": 1, <<<<<<<');
    expect((await pipeline.skein('run src/main.ts')).code).toBe(2);
    expect((await pipeline.skein('image ls')).code).toBe(2);
    expect((await pipeline.skein('runs')).code).toBe(0);
    const doctor = await pipeline.skein('doctor --json');
    const checks: { name: string; status: string }[] = JSON.parse(doctor.out).checks;
    expect(checks.find(({ name }) => name === 'images')?.status).toBe('problem');
  });

  test('Q6: by --executor container a task without any image names itself', SLOW, async () => {
    pipeline.edit('src/main.ts', ", isolation: 'process' }", ' }');
    const { code, err } = await pipeline.skein('run src/main.ts plain --executor container');
    expect(code).toBe(2);
    expect(err).toContain('task  src/main.ts#plain');
    expect(err).toContain('container.image');
  });

  test('without an engine a run fails only where it has to execute in an image', SLOW, async () => {
    pipeline.edit('src/main.ts', ", isolation: 'process' }", ' }');
    const plain = await pipeline.skein('run src/main.ts plain', '.', { PATH: '/nowhere' });
    expect(plain.code).toBe(0);
    const { code, err } = await pipeline.skein('run src/main.ts', '.', { PATH: '/nowhere' });
    expect(code).toBe(1);
    expect(err).toContain('error[container-engine]');
    expect(err).toContain('--executor pool');
  });
});
