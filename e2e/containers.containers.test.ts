import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, executedLast, runTask } from './support/answer.ts';
import { CacheServer } from './support/cache-server.ts';
import {
  checkCode,
  skein,
  startSkein,
  type CommandRequest,
  type Ended,
} from './support/command.ts';
import { ownAddress, useMachine } from './support/containers.ts';
import { copySandbox, type Sandbox } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

const pipeline = 'e2e/pipelines/containers.ts';
const commands = 'e2e/pipelines/commands.ts';

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });
const machine = useMachine('e2e');

/** A task of the pipeline, in the workspace of these tests unless told. */
async function run(
  [task, ...args]: readonly [task: string, ...args: string[]],
  request: CommandRequest & { readonly at?: Sandbox } = {},
): Promise<Ended> {
  const { at = sandbox } = request;
  const command = ['run', pipeline, task, ...args, '--json'];
  return await skein(at, command, { ...request, variables: variables(request) });
}

function variables({ variables: more = {} }: CommandRequest): Readonly<Record<string, string>> {
  return { ...machine.environment, ...more } as Readonly<Record<string, string>>;
}

async function lock(at: Sandbox = sandbox): Promise<string> {
  return await readFile(join(at.root, 'skein.images.json'), 'utf8');
}

beforeAll(async () => {
  await machine.push('first:1', 1);
  await machine.push('second:1', 2);
  const { registry } = machine;
  const text =
    `export const FIRST = '${registry}/skein/first:1';\n` +
    `export const SECOND = '${registry}/skein/second:1';\n`;
  await writeFile(join(sandbox.root, 'e2e/pipelines/images.ts'), text);
  // Podman's own network needs programs that not every machine has.
  const config = { container: { network: 'host', image: `${registry}/skein/first:1` } };
  await writeFile(
    join(sandbox.root, 'skein.config.ts'),
    `export default ${JSON.stringify(config)};\n`,
  );
});

describe('an image by its digest', () => {
  test('Q6: a tag is locked, and moves by an update, for its tasks alone', async () => {
    const made = await run(['main']);
    checkCode(made, 0);
    expect(answerOf(made).result).toEqual([
      'one 0 in 1',
      'one 1 in 1',
      'two 0 in 2',
      'two 1 in 2',
      'three 0',
      'three 1',
    ]);
    expect(answerOf(made).actions).toMatchObject({ total: 7, executed: 7 });
    const before = await lock();
    expect(Object.keys((JSON.parse(before) as { images: object }).images)).toHaveLength(2);

    await machine.push('first:1', 3);
    expect(answerOf(await run(['main'])).actions).toMatchObject({ executed: 0 });
    expect(await lock()).toBe(before);

    const update = ['image', 'update', '--entry', pipeline];
    const updated = await skein(sandbox, update, { variables: machine.environment });
    checkCode(updated, 0);
    expect(updated.stdout + updated.stderr).toMatch(/containers\.ts#one/);
    expect(updated.stdout + updated.stderr).not.toMatch(/containers\.ts#two|containers\.ts#three/);
    expect(await lock()).not.toBe(before);

    const after = answerOf(await run(['main']));
    expect(after.result).toContain('one 1 in 3');
    expect(await executedLast(sandbox)).toEqual({ main: 1, one: 2 });
    const why = await skein(sandbox, ['why', 'last', '2']);
    checkCode(why, 0);
    const digests = [before, await lock()].map(
      (text) => /first:1[^]*?(sha256:\w+)/.exec(text)?.[1],
    );
    expect(why.stdout).toContain('skein/first:1');
    for (const digest of digests) expect(why.stdout).toContain(digest);
  });

  test('PARITY 14: of two clones with one lock and remote one executes nothing', async () => {
    await using server = await CacheServer.start(sandbox);
    const shared = server.client(await server.token('trusted'));
    const clones = [await copySandbox(sandbox), await copySandbox(sandbox)];
    for (const { root } of clones) await rm(join(root, '.skein'), { recursive: true, force: true });
    const [one, other] = clones as [Sandbox, Sandbox];
    const first = answerOf(await run(['main'], { variables: shared, at: one }));
    expect(first.actions.executed).toBe(7);
    // Whoever only reuses needs no engine: there is none in its PATH, and no registry answers.
    const nothing = { ...shared, CONTAINERS_CONF: '/dev/null', PATH: '/nowhere' };
    const second = answerOf(await run(['main'], { variables: nothing, at: other }));
    expect(second.actions.executed).toBe(0);
    expect(second.result).toEqual(first.result);
    for (const clone of clones) await clone.close();
  });

  test('Q6: without entry and registry an error names the image', async () => {
    const before = await lock();
    await rm(join(sandbox.root, 'skein.images.json'));
    const source = join(sandbox.root, 'e2e/pipelines/images.ts');
    const text = await readFile(source, 'utf8');
    await writeFile(source, text.replaceAll(machine.registry, '127.0.0.1:9'));
    const refused = await run(['main']);
    expect(refused.code).not.toBe(0);
    expect(answerOf(refused)).toMatchObject({ status: 'rejected', run: null });
    expect(refused.stdout).toContain('127.0.0.1:9/skein/first:1');
    await writeFile(source, text);
    await writeFile(join(sandbox.root, 'skein.images.json'), before);
  });
});

describe('in a container', () => {
  test('O2 O6: not root, nothing of the state, nothing to write but scratch', async () => {
    const state = join(sandbox.root, '.skein');
    const seen = answerOf(await run(['surroundings', '--root', sandbox.root, '--state', state]));
    expect(seen.result).toMatchObject({
      user: process.getuid?.() === 0 ? '65534' : String(process.getuid?.()),
      journal: 'ENOENT',
      workspace: 'EROFS',
      system: 'EROFS',
    });
    expect((seen.result as { state: string }).state).not.toMatch(/v1|remote|analysis/);
  });

  test('X3: over its memory limit: OutOfMemoryError, and an override succeeds', async () => {
    expect((await run(['feeds']).then(answerOf)).result).toBe('caught, then 16');
  });

  test('X4: a busy loop is timed out', async () => {
    expect((await run(['spun']).then(answerOf)).result).toBe('timed out: run');
  });

  test('O8: no network but where the task asks for it, and then it is an impurity', async () => {
    const served = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => served.listen(0, '0.0.0.0', resolve));
    const url = `http://${ownAddress()}:${(served.address() as AddressInfo).port}/`;
    const refused = await run(['fetches', '--url', url]);
    checkCode(refused, 1);
    expect(refused.stdout).toContain('network: true');
    const reached = await run(['reaches', '--url', url]);
    checkCode(reached, 0);
    expect(answerOf(reached).result).toBe(200);
    checkCode(await run(['reaches', '--url', `${url}?again`, '--strict']), 1);
    served.close();
  });

  test('R6: a container that is removed from outside is a fault of the system', async () => {
    const flag = join(sandbox.root, 'go.txt');
    await rm(flag, { force: true });
    const command = ['run', pipeline, 'waits', '--flag', flag, '--json'];
    const started = startSkein(sandbox, command, { variables: machine.environment });
    await started.said(/(waits)/);
    expect(await machine.removeAll()).toBeGreaterThan(0);
    await writeFile(flag, '');
    const ended = await started.ended;
    checkCode(ended, 0);
    expect(answerOf(ended)).toMatchObject({ result: 'done', actions: { executed: 1, failed: 0 } });
  });

  test('X5: nothing is left of any of them', async () => {
    expect(await machine.left()).toEqual([]);
  });
});

describe('a command', () => {
  const request = (): CommandRequest => ({ variables: machine.environment });
  const failed = async (task: string): Promise<Ended> => {
    const ended = await skein(sandbox, ['run', commands, task, '--json'], request());
    checkCode(ended, 1);
    return ended;
  };

  test('PARITY 14: a script, a shell line and a program of this machine', async () => {
    const args = [commands, '--words', 'a bb bb ccc\na\n'];
    const made = await runTask(sandbox, args, request());
    expect(made.result).toEqual({
      counts: { lines: 2, words: 3 },
      said: '3 words\n',
      list: '2 bb',
      size: 14,
    });
    expect(made.actions).toMatchObject({ total: 4, executed: 4 });
    expect((await runTask(sandbox, args, request())).actions.executed).toBe(0);
  });

  test('O8: an edit of its script executes it again', async () => {
    const script = join(sandbox.root, 'e2e/pipelines/count.py');
    await writeFile(script, (await readFile(script, 'utf8')).replace('words")', 'of them")'));
    const args = [commands, '--words', 'a bb bb ccc\na\n'];
    const made = await runTask(sandbox, args, request());
    expect(made.result).toMatchObject({ said: '3 of them\n' });
    expect(await executedLast(sandbox)).toEqual({ main: 1, count: 1 });
  });

  test('X7: an exit code that is no success rejects with a CommandError', async () => {
    expect(answerOf(await failed('fails')).error).toMatchObject({
      class: 'CommandError',
      message: expect.stringContaining('exited with 3: it is broken') as string,
      fields: { exitCode: 3, signal: null },
    });
    const caught = await runTask(sandbox, [commands, 'caught'], request());
    expect(caught.result).toEqual({ code: 3, stderr: 'it is broken\n' });
  });

  test('D4: an output that is missing, and a link among the outputs, are refused', async () => {
    const { error } = answerOf(await failed('forgets'));
    expect(error?.message).toMatch(/"model".*missing|did not write.*model/);
    for (const task of ['links', 'linksFile']) {
      const ended = await failed(task);
      expect(answerOf(ended).error?.message).toMatch(/link/);
      expect(ended.stdout + ended.stderr).not.toContain('root:x:0');
    }
  });
});
