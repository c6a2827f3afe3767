import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installPeers } from './peer.ts';

let folder = '';
const calls: string[] = [];

beforeEach(async () => {
  calls.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'skein-peers-'));
  const dependencies = { quick: '1.0.0', brisk: '2.0.0' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies }));
});

afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, version: string): Promise<void> {
  const place = join(folder, 'node_modules', name);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), JSON.stringify({ name, version }));
}

const install = (work: () => Promise<void>) => async (at: string) => {
  calls.push(at);
  await work();
  return { wallMs: 1, stdout: '' };
};

test('peers are installed where one is not there in the pinned version', async () => {
  await put('quick', '1.0.0');
  await put('brisk', '1.9.9');
  const peers = await installPeers(
    folder,
    install(() => put('brisk', '2.0.0')),
  );
  expect(calls).toEqual([folder]);
  expect(peers.missing('quick')).toBeUndefined();
  expect(peers.missing('brisk')).toBeUndefined();
});

test('peers that are there are not installed again', async () => {
  await put('quick', '1.0.0');
  await put('brisk', '2.0.0');
  await installPeers(
    folder,
    install(async () => undefined),
  );
  expect(calls).toEqual([]);
});

test('a peer that cannot be installed is missing, with the reason', async () => {
  await put('quick', '1.0.0');
  const peers = await installPeers(
    folder,
    install(async () => {
      throw new Error('ended with exit code 1: no network');
    }),
  );
  expect(peers.missing('quick')).toBeUndefined();
  expect(peers.missing('brisk')).toBe(
    '2.0.0 is not installed (npm ci ended with exit code 1: no network)',
  );
});
