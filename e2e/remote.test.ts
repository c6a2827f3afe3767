import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { startMoto, type Moto } from '../scripts/moto.ts';
import { executedIn, runTask, showRun, type Answer } from './support/answer.ts';
import { CacheServer } from './support/cache-server.ts';
import { checkCode, skein } from './support/command.ts';
import { entry, few } from './support/pipeline.ts';
import { copySandbox, whileEdited, type Sandbox } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

/** A clone in another directory, without the state of the one it is made of. */
async function cloneOf(sandbox: Sandbox): Promise<Sandbox> {
  const clone = await copySandbox(sandbox);
  await forgetState(clone);
  return clone;
}

async function forgetState({ root }: Sandbox): Promise<void> {
  await rm(join(root, '.skein'), { recursive: true, force: true });
}

/** The report without the path at which a clone unpacked its pages. */
function comparable({ result }: Answer): object {
  return { ...(result as object), published: undefined };
}

describe('the pipeline in two clones, in different directories', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });
  const clones: Sandbox[] = [];
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
    for (const bucket of ['team', 'served']) await moto.createBucket(bucket);
    return async () => {
      await moto.stop();
      for (const clone of clones) await clone.close();
    };
  });

  async function clone(): Promise<Sandbox> {
    const made = await cloneOf(sandbox);
    clones.push(made);
    return made;
  }

  async function checkShared(
    variables: Readonly<Record<string, string>>,
  ): Promise<{ readonly a: Sandbox; readonly first: Answer }> {
    const [a, b] = [await clone(), await clone()];
    const first = await runTask(a, [entry, ...few], { variables });
    expect(first.actions.executed).toBeGreaterThan(250);
    const second = await runTask(b, [entry, ...few], { variables });
    expect(second.actions).toMatchObject({ executed: 0, adopted: 0, failed: 0 });
    expect(comparable(second)).toEqual(comparable(first));
    const { path } = (second.result as { published: { value: { path: string } } }).published.value;
    expect((await readdir(path)).length).toBeGreaterThan(0);

    return { a, first };
  }

  test('P2: one executes, the other nothing, by a server, nor does the one anew', async () => {
    await using server = await CacheServer.start(sandbox);
    const variables = server.client(await server.token('trusted'));
    const { a, first } = await checkShared(variables);
    await forgetState(a);
    const again = await runTask(a, [entry, ...few], { variables });
    expect(again.actions.executed).toBe(0);
    expect(comparable(again)).toEqual(comparable(first));
  });

  test('P2: one executes, the other nothing, by a bucket without a server', async () => {
    await checkShared({ ...moto.environment, SKEIN_REMOTE: 's3://team/skein' });
  });

  test('P2: one executes, the other nothing, by a server whose data is a bucket', async () => {
    const data = 's3://served/skein';
    const variables = moto.environment;
    await using server = await CacheServer.start(sandbox, { data, variables });
    await checkShared(server.client(await server.token('trusted')));
  });
});

describe('between machines', () => {
  const sandbox = useSandbox({ folders: ['e2e/pipelines'] });
  const pipeline = 'e2e/pipelines/machines.ts';
  const secret = 'hunter2-and-nobody-may-ever-see-it';
  let other: Sandbox;
  let onlyHere: string;

  beforeAll(async () => {
    onlyHere = join(sandbox.folder, 'private.txt');
    await writeFile(onlyHere, 'only here\n');
    other = await cloneOf(sandbox);
    return async () => await other.close();
  });

  test('O2: what observed a path outside the workspace stays on its machine', async () => {
    await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'o2') });
    const variables = { ...server.client(await server.token('trusted')), API_KEY: secret };
    const request = { variables };
    const args = [pipeline, '--path', onlyHere];
    await forgetState(sandbox);
    await runTask(sandbox, args, request);
    await forgetState(other);
    const { run } = await runTask(other, args, request);
    expect(executedIn(await showRun(other, run ?? '', request))).toEqual({ main: 1, outside: 1 });

    const listed = await skein(sandbox, ['cache', 'ls', '--json'], request);
    checkCode(listed, 0);
    expect(listed.stdout).toContain('machines.ts#inside');
    expect(listed.stdout).not.toContain('machines.ts#outside');
  });

  test('O7: a secret is in no byte that is kept anywhere, nor is the token', async () => {
    const data = join(sandbox.folder, 'o7');
    await using server = await CacheServer.start(sandbox, { data });
    const token = await server.token('trusted');
    const variables = { ...server.client(token), API_KEY: secret };
    await forgetState(sandbox);
    await runTask(sandbox, [pipeline, '--path', onlyHere], { variables });
    const words = [secret, token.slice(token.lastIndexOf('_') + 1)];
    const places = [data, join(sandbox.root, '.skein'), sandbox.home];
    for (const place of places) expect(await filesWith(place, words)).toEqual([]);
  });

  test('R3: what was adopted from earlier code is not shared', async () => {
    await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'r3') });
    const variables = server.client(await server.token('trusted'));
    await forgetState(sandbox);
    const failed = await skein(sandbox, ['run', pipeline, 'sum', '--json'], { variables });
    checkCode(failed, 1);
    const fix = (text: string): string =>
      text.replace("if (number === 3) throw new Error('three is not supported yet');", '');
    await forgetState(other);
    await whileEdited(join(sandbox.root, pipeline), fix, async () => {
      const resumed = await skein(sandbox, ['resume', '--json'], { variables });
      checkCode(resumed, 0);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ actions: { adopted: 2, executed: 3 } });
      await whileEdited(join(other.root, pipeline), fix, async () => {
        const { run } = await runTask(other, [pipeline, 'sum'], { variables });
        // Three and four were executed with today's code, one and two were adopted.
        const executed = executedIn(await showRun(other, run ?? ''));
        expect(executed).toEqual({ sum: 1, fragile: 2 });
      });
    });
  });

  test('D7: a remote that is gone takes no file with it that was never fetched', async () => {
    const data = join(sandbox.folder, 'd7');
    const args = [pipeline, 'book', '--pages', '3', '--salt', 'salt'];
    const edit = (text: string): string =>
      text.replace("createHash('sha256')", "createHash('sha512')");
    for (const one of [sandbox, other]) await forgetState(one);
    await using server = await CacheServer.start(sandbox, { data });
    const variables = server.client(await server.token('trusted'));
    await runTask(sandbox, args, { variables });
    expect((await runTask(other, args, { variables })).actions.executed).toBe(0);
    await whileEdited(join(other.root, pipeline), edit, async () => {
      const alone = await runTask(other, args);
      await forgetState(other);
      expect(alone.result).toEqual((await runTask(other, args)).result);
    });
  });

  test('why says of a result that came from elsewhere who made it, where and when', async () => {
    await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'why') });
    const ci = {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://git.example',
      GITHUB_REPOSITORY: 'acme/pages',
      GITHUB_RUN_ID: '4711',
      GITHUB_REF_NAME: 'main',
    };
    const variables = server.client(await server.token('trusted'));
    await forgetState(sandbox);
    await runTask(sandbox, [pipeline, 'book', '--pages', '2', '--salt', 'x'], {
      variables: { ...variables, ...ci },
    });
    await forgetState(other);
    const mine = { variables };
    const { run } = await runTask(other, [pipeline, 'book', '--pages', '2', '--salt', 'x'], mine);
    const why = await skein(other, ['why', run ?? ''], mine);
    checkCode(why, 0);
    expect(why.stdout).toContain('https://git.example/acme/pages/actions/runs/4711');
    expect(why.stdout).toContain('trusted');
    const json = await skein(other, ['why', run ?? '', '--json'], mine);
    expect(json.stdout).toContain('"elsewhere"');
  });
});

/** The files below a folder that hold one of the words, as they are or unpacked. */
async function filesWith(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const texts = [bytes, ...unpacked(bytes)];
    if (texts.some((text) => words.some((word) => text.includes(word)))) found.push(path);
  }
  return found;
}

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Whatever in the bytes is compressed, wherever it begins. */
function unpacked(bytes: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = bytes.indexOf(ZSTD); at >= 0; at = bytes.indexOf(ZSTD, at + 1)) {
    try {
      parts.push(zstdDecompressSync(bytes.subarray(at)));
    } catch {
      // Four bytes that only look like it.
    }
  }
  return parts;
}
