import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startMoto } from '../scripts/moto.ts';
import { CacheServer } from './support/cache-server.ts';
import { checkCode, type Ended } from './support/command.ts';
import { mountDisk } from './support/disk.ts';
import { NxWorkspace, countBuilds } from './support/nx-workspace.ts';
import { childrenOf } from './support/processes.ts';
import { useSandbox } from './support/suite.ts';

/*
 * Nx's own tasks, built by Nx itself against the server. What breaks a build of Nx is a server that
 * is down, answers 401 or 500, or hangs: none of the server's ordinary faults may look like that.
 */

const PACKAGES = 50;
const FEW = 6;
const ALL_REMOTE = { remote: PACKAGES, local: 0, executed: 0 };

const sandbox = useSandbox({ folders: [] });

async function clone(name: string, packages: number): Promise<NxWorkspace> {
  return await NxWorkspace.make(sandbox, name, packages);
}

/** Names of everything that lies below a folder. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function checkExecuted(ended: Ended, executed: number): void {
  checkCode(ended, 0);
  expect(countBuilds(ended)).toEqual({ remote: 0, local: 0, executed });
}

test('fifty packages: what one clone built, another takes from the server', async () => {
  await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'fifty') });
  const { address } = server;
  const token = await server.token('trusted');
  const one = await clone('fifty-one', PACKAGES);
  checkExecuted(await one.build({ address, token }), PACKAGES);
  const other = await clone('fifty-two', PACKAGES);
  const ended = await other.build({ address, token });
  checkCode(ended, 0);
  expect(countBuilds(ended)).toEqual(ALL_REMOTE);

  const reader = await server.token('trusted', 'read');
  const third = await clone('fifty-three', PACKAGES);
  const read = await third.build({ address, token: reader });
  expect(countBuilds(read)).toEqual(ALL_REMOTE);
});

test('a token that only reads: the build is green, and nothing is uploaded', async () => {
  await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'reader') });
  const token = await server.token('trusted', 'read');
  const before = await filesIn(server.data);
  const workspace = await clone('reader-clone', FEW);
  checkExecuted(await workspace.build({ address: server.address, token }), FEW);
  expect(await filesIn(server.data)).toEqual(before);
});

test('CVE-2025-36852: what a pull request stores, the trusted branch never takes', async () => {
  await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'poison') });
  const { address } = server;
  const [pull, trusted] = [await server.token('pr/7'), await server.token('trusted')];
  // The same sources, so the same hashes; what the pull request's machine makes of them is forged.
  const attacker = await clone('attacker', FEW);
  checkExecuted(await attacker.build({ address, token: pull }), FEW);
  const main = await clone('main-branch', FEW);
  checkExecuted(await main.build({ address, token: trusted }), FEW);
  await main.forget();
  const again = await main.build({ address, token: trusted });
  expect(countBuilds(again)).toEqual({ remote: FEW, local: 0, executed: 0 });
  await attacker.forget();
  const own = await attacker.build({ address, token: pull });
  expect(countBuilds(own)).toEqual({ remote: FEW, local: 0, executed: 0 });
});

test('a server that is reloaded, or whose worker is killed, refuses no build', async () => {
  await using server = await CacheServer.start(sandbox, { data: join(sandbox.folder, 'reload') });
  const { address } = server;
  const token = await server.token('trusted');
  const workspace = await clone('reloaded', FEW);
  checkExecuted(await workspace.build({ address, token }), FEW);
  for (const trouble of ['reload', 'crash'] as const) {
    await workspace.forget();
    if (trouble === 'reload') server.kill('SIGHUP');
    else for (const { pid } of childrenOf(server.pid)) process.kill(pid, 'SIGKILL');
    const ended = await workspace.build({ address, token });
    checkCode(ended, 0);
    expect(countBuilds(ended)).toEqual({ remote: FEW, local: 0, executed: 0 });
  }
});

test('a disk that is full fails no build', async (context) => {
  using disk = mountDisk(context, join(sandbox.folder, 'small'), 2_048);
  await using server = await CacheServer.start(sandbox, { data: join(disk.path, 'cache') });
  const { address } = server;
  const token = await server.token('trusted');
  await writeFile(join(disk.path, 'filler'), Buffer.alloc(4_000_000)).catch(() => undefined);
  const workspace = await clone('on-a-full-disk', FEW);
  checkExecuted(await workspace.build({ address, token }), FEW);
});

test('a bucket that cannot be reached fails no build, and holds none up', async () => {
  const bucket = await startMoto();
  await bucket.createBucket('cache');
  const variables = bucket.environment;
  await using server = await CacheServer.start(sandbox, { data: 's3://cache/team', variables });
  const { address } = server;
  const token = await server.token('trusted');
  const workspace = await clone('bucket', FEW);
  checkExecuted(await workspace.build({ address, token }), FEW);
  await workspace.forget();
  const hit = await workspace.build({ address, token });
  expect(countBuilds(hit)).toEqual({ remote: FEW, local: 0, executed: 0 });
  await bucket.stop();
  await workspace.forget();
  checkExecuted(await workspace.build({ address, token }), FEW);
});

test.each(['no token', 'a token that is none'])('%s: Nx says that it may not', async (which) => {
  const data = join(sandbox.folder, which.replaceAll(' ', '-'));
  await using server = await CacheServer.start(sandbox, { data });
  const workspace = await clone(`with-${which.replaceAll(' ', '-')}`, 1);
  const token = which === 'no token' ? '' : 'skein_0000_0000';
  const ended = await workspace.build({ address: server.address, token });
  expect(ended.code).not.toBe(0);
  expect(ended.stdout + ended.stderr).toContain('403 Forbidden');
});
