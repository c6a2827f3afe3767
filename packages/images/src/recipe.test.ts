import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { succeed, type ImageRecipe } from '@skein/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { craft, craftIndex, type CraftedImage } from '../test/crafted-image.ts';
import { factOf, failureOf, makeFolder, open, valueOf } from '../test/opened-images.ts';
import type { Folder, Opened } from '../test/opened-images.ts';
import { speak, type SpeakingServer } from '../test/speaking-server.ts';
import type { BuildRequest, ImageBuilder } from './builder.ts';
import { copiedFiles } from './copied-files.ts';
import { recipeDigest } from './recipe-digest.ts';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());

const BASE = `sha256:${'b'.repeat(64)}`;
const BUILT = `sha256:${'c'.repeat(64)}`;

function recipe(more: Partial<ImageRecipe> = {}): ImageRecipe {
  return { from: 'base:1', apt: [], npm: [], pip: [], copy: [], env: {}, run: [], ...more };
}

function write(path: string, text: string): void {
  mkdirSync(join(folder.path, path, '..'), { recursive: true });
  writeFileSync(join(folder.path, path), text);
}

const place = () => ({ root: folder.path, stateDir: join(folder.path, '.skein') });

async function digestOf(it: ImageRecipe, base = BASE): Promise<string> {
  return valueOf(await recipeDigest(it, place()))(base);
}

const copying = (...from: string[]): ImageRecipe =>
  recipe({ copy: from.map((it) => ({ from: it, to: '/app' })) });

describe('what a recipe copies', () => {
  beforeEach(() => {
    write('app/a.py', 'print(1)');
    write('app/lib/b.py', 'print(2)');
    write('app/node_modules/x/index.js', '');
    write('app/.git/HEAD', 'ref');
    symlinkSync('lib/b.py', join(folder.path, 'app/link'));
    mkdirSync(join(folder.path, 'app/empty'));
  });

  test('everything, hidden and installed files included, in one order', async () => {
    const files = valueOf(await copiedFiles(copying('app', 'app/a.py'), place()));
    expect(files.map((it) => [it.copy, it.kind, it.below])).toEqual([
      [0, 'folder', ''],
      [0, 'folder', '.git'],
      [0, 'file', '.git/HEAD'],
      [0, 'file', 'a.py'],
      [0, 'folder', 'empty'],
      [0, 'folder', 'lib'],
      [0, 'file', 'lib/b.py'],
      [0, 'link', 'link'],
      [0, 'folder', 'node_modules'],
      [0, 'folder', 'node_modules/x'],
      [0, 'file', 'node_modules/x/index.js'],
      [1, 'file', ''],
    ]);
  });

  test('but the state and the lock, which change by building', async () => {
    write('.skein/v1/state.db', '');
    const before = await digestOf(copying('.'));
    write('skein.images.json', '{"version": 1}');
    write('.skein/v1/more', '');
    expect(await digestOf(copying('.'))).toBe(before);
    write('app/skein.images.json', '');
    expect(await digestOf(copying('.'))).not.toBe(before);
  });

  test('counts by place, content and executable bit, and by nothing else', async () => {
    const before = await digestOf(copying('app'));
    const path = join(folder.path, 'app/a.py');
    utimesSync(path, 1, 1);
    chmodSync(path, 0o600);
    expect(await digestOf(copying('app'))).toBe(before);
    const seen = new Set([before]);
    const counts = async (): Promise<void> => {
      const digest = await digestOf(copying('app'));
      expect(seen).not.toContain(digest);
      seen.add(digest);
    };
    chmodSync(path, 0o700);
    await counts();
    writeFileSync(path, 'print(3)');
    await counts();
    renameSync(path, join(folder.path, 'app/c.py'));
    await counts();
    rmSync(join(folder.path, 'app/link'));
    symlinkSync('lib', join(folder.path, 'app/link'));
    await counts();
    rmSync(join(folder.path, 'app/empty'), { recursive: true });
    await counts();
  });

  test('the same in another folder has the same digest', async () => {
    const one = await digestOf(copying('app'));
    renameSync(join(folder.path, 'app'), join(folder.path, 'moved'));
    mkdirSync(join(folder.path, 'clone'));
    renameSync(join(folder.path, 'moved'), join(folder.path, 'clone/app'));
    const root = join(folder.path, 'clone');
    const other = await recipeDigest(copying('app'), { root, stateDir: join(root, '.skein') });
    expect(valueOf(other)(BASE)).toBe(one);
  });

  test.each([
    ['absent', 'it does not exist'],
    ['../elsewhere', 'it lies outside the workspace'],
    ['/etc/passwd', 'it lies outside the workspace'],
    ['out/passwd', 'a link leads out of the workspace'],
    ['app/link', 'it is a link to "lib/b.py", which is not copied with it'],
    ['links', 'it is a link to "../app/a.py", which is not copied with it'],
    ['absolute', 'it is a link to "/etc/passwd", which is not copied with it'],
  ])('"%s" cannot be copied: %s', async (from, problem) => {
    symlinkSync('/etc', join(folder.path, 'out'));
    write('links/x', '');
    symlinkSync('../app/a.py', join(folder.path, 'links/y'));
    mkdirSync(join(folder.path, 'absolute'));
    symlinkSync('/etc/passwd', join(folder.path, 'absolute/x'));
    const failure = failureOf(await copiedFiles(copying(from), place()));
    expect(failure).toMatchObject({ code: 'image-missing', kind: 'usage' });
    expect(factOf(failure, 'copy')).toBe(`"${from}"`);
    expect(factOf(failure, 'problem')).toBe(problem);
  });
});

test('the digest of a recipe is the one that locks name, and stays it', async () => {
  write('app/a.py', 'print(1)');
  chmodSync(join(folder.path, 'app/a.py'), 0o755);
  symlinkSync('a.py', join(folder.path, 'app/link'));
  const whole = recipe({
    name: 'x',
    apt: ['libgomp1'],
    env: { b: '2', a: '1' },
    copy: [{ from: 'app', to: '/app' }],
  });
  const content = createHash('sha256').update('print(1)').digest('hex');
  const identity = `["x","${BASE}",["libgomp1"],[],[],[["app","/app"]],[["a","1"],["b","2"]],[]]`;
  const file = `[0,"a.py","file",true,"sha256:${content}"]`;
  const files = `[0,"","folder"],${file},[0,"link","link","a.py"]`;
  const text = `skein.manifest.v1\0[1,${JSON.stringify(identity)},[${files}]]`;
  const digest = createHash('sha256').update(text).digest('hex');
  expect(await digestOf(whole)).toBe(`sha256:${digest}`);
});

test('every field and the digest of the base count, the tag of the base does not', async () => {
  const variants = [
    recipe(),
    recipe({ name: 'x' }),
    recipe({ apt: ['x'] }),
    recipe({ npm: ['x'] }),
    recipe({ pip: ['x'] }),
    recipe({ env: { x: '' } }),
    recipe({ run: ['x'] }),
    recipe({ apt: ['x', 'y'] }),
    recipe({ apt: ['y', 'x'] }),
  ];
  const digests = await Promise.all(variants.map((it) => digestOf(it)));
  expect(new Set(digests).size).toBe(variants.length);
  expect(await digestOf(recipe({ from: 'base:2' }))).toBe(digests[0]);
  expect(await digestOf(recipe(), BUILT)).not.toBe(digests[0]);
});

describe('built images', () => {
  let server: SpeakingServer;
  let base: CraftedImage;
  let builds: BuildRequest[];
  const build: ImageBuilder = {
    build: async (request) => {
      builds.push(request);
      const digest = `sha256:${String(builds.length).repeat(64)}`;
      const reference = `localhost:5000/built@${digest}`;
      return await Promise.resolve(succeed({ reference, digest, node: '26.1.0' }));
    },
  };

  beforeEach(async () => {
    builds = [];
    base = {};
    server = await speak(({ path }, response) => {
      const parts = [base, { ...base, platform: 'linux/arm64' }].map(craft);
      const index = craftIndex([base, { ...base, platform: 'linux/arm64' }]);
      const all = [...parts.map((it) => it.manifest), ...parts.flatMap((it) => it.blobs)];
      const name = path.split('/').at(-1);
      const found = name === '1' ? index : all.find(({ digest }) => digest === name);
      response.writeHead(found === undefined ? 404 : 200).end(found?.bytes);
    });
    write('app/a.py', '1');
  });
  afterEach(() => server.stop());

  const made = (more: Partial<ImageRecipe> = {}): ImageRecipe =>
    recipe({
      name: 'py',
      from: `${server.host}/base:1`,
      copy: [{ from: 'app', to: '/app' }],
      ...more,
    });
  const opened = (platform = 'linux/amd64'): Opened => open(folder.path, { build, platform });

  test('Q6: built once, from the digest of its base, then known by the lock', async () => {
    const first = opened();
    expect(first.images.known(made())).toBeUndefined();
    const image = valueOf(await first.images.resolve(made()));
    expect(image).toMatchObject({ name: 'py', node: '26.1.0' });
    expect(first.images.known(made())).toEqual(image);
    expect(builds).toMatchObject([
      { recipe: made(), root: folder.path, base: { digest: craft({}).manifest.digest } },
    ]);
    expect(first.locked.map(({ kind, key }) => [kind, key])).toEqual([
      ['reference', `${server.host}/base:1`],
      ['recipe', builds[0]?.digest],
    ]);

    const asked = server.asked.length;
    const later = open(folder.path);
    expect(valueOf(await later.images.resolve(made()))).toEqual(image);
    expect(builds).toHaveLength(1);
    expect(server.asked).toHaveLength(asked);
  });

  test('an edited file is another image; taken back, the first one', async () => {
    const first = valueOf(await opened().images.resolve(made()));
    write('app/a.py', '2');
    expect(valueOf(await opened().images.resolve(made())).digest).not.toBe(first.digest);
    write('app/a.py', '1');
    expect(valueOf(await opened().images.resolve(made()))).toEqual(first);
    expect(builds).toHaveLength(2);
  });

  test('what is asked for at once is built once', async () => {
    const { images } = opened();
    const all = await Promise.all([images.resolve(made()), images.resolve(made())]);
    expect(new Set(all.map((it) => valueOf(it).digest)).size).toBe(1);
    expect(builds).toHaveLength(1);
  });

  test('where nothing builds, the image is named', async () => {
    const failure = failureOf(await open(folder.path).images.resolve(made()));
    expect(failure).toMatchObject({ code: 'image-build', kind: 'environment' });
    expect(factOf(failure, 'image')).toBe('py');
  });

  test('a failed build is no entry, and what fails to be copied starts none', async () => {
    const failure = { code: 'image-build', kind: 'diagnostic', headline: 'no', facts: [] } as const;
    const failing = { build: async () => await Promise.resolve({ ok: false, failure } as const) };
    const { images } = open(folder.path, { build: failing });
    expect(failureOf(await images.resolve(made()))).toEqual(failure);
    expect(valueOf(images.locked()).map(({ kind }) => kind)).not.toContain('recipe');
    const absent = await opened().images.resolve(made({ copy: [{ from: 'x', to: '/x' }] }));
    expect(failureOf(absent)).toMatchObject({ code: 'image-missing' });
    expect(builds).toEqual([]);
  });

  test('an update of its base builds it again, and the entries on the old base go', async () => {
    const first = valueOf(await opened().images.resolve(made()));
    valueOf(await opened('linux/arm64').images.resolve(made()));
    expect(valueOf(opened().images.locked()).filter(({ kind }) => kind === 'recipe')).toHaveLength(
      2,
    );
    const { images } = opened();
    expect(valueOf(await images.update([made()])).map((it) => it.after)).toEqual(
      valueOf(await images.update([made()])).map((it) => it.before),
    );
    expect(builds).toHaveLength(2);

    base = { content: 'moved' };
    const updates = valueOf(await images.update([made()]));
    expect(builds).toHaveLength(3);
    expect(updates).toMatchObject([
      {
        request: made().from,
        before: { digest: craft({}).manifest.digest },
        after: { digest: craft(base).manifest.digest },
      },
      { request: made(), before: first, after: { digest: `sha256:${'3'.repeat(64)}` } },
    ]);
    const recipes = valueOf(images.locked()).filter(({ kind }) => kind === 'recipe');
    expect(recipes).toMatchObject([{ platform: 'linux/amd64', image: updates[1]?.after }]);
    expect(valueOf(await images.resolve(made()))).toEqual(updates[1]?.after);
  });
});
