import { fail, type ActionKey, type Failure } from '@skein/model';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import { RunRemote } from './run-remote.ts';
import { remoteSettings } from './remote-settings.ts';

const KEY = digestOf('key', 'x') as unknown as ActionKey;

const TROUBLE: Failure = {
  code: 'server-data',
  kind: 'environment',
  headline: 'the bucket cannot be opened',
  facts: [['bucket', '"b"']],
};

/** A remote whose client cannot be opened: the last place where trouble could come from. */
function remoteOf(mode: 'read' | 'write' | 'read-write' = 'read-write') {
  const settings = remoteSettings({
    asked: { remote: 's3://bucket/c', remoteMode: mode },
    environment: {},
    config: undefined,
    readOnly: false,
  });
  if (!settings.ok || settings.value.kind === 'off') throw new Error('there is a remote');
  let opened = 0;
  const remote = new RunRemote(settings.value, () => {
    opened += 1;
    return Promise.resolve(fail(TROUBLE));
  });
  const warnings: Failure[] = [];
  remote.onWarning((warning) => warnings.push(warning));
  return { remote, warnings, opened: () => opened };
}

test('a run that needs nothing opens nothing, and its end waits for nothing', async () => {
  const { remote, opened } = remoteOf();
  const use = await remote.settle();
  expect(use).toMatchObject({ url: 's3://bucket/c', mode: 'read-write', asked: 0, requests: 0 });
  expect([opened(), remote.wasUsed]).toEqual([0, false]);
});

test('D7: a remote that cannot be opened has nothing, and is warned of once', async () => {
  const { remote, warnings, opened } = remoteOf();
  expect((await remote.find([KEY])).size).toBe(0);
  expect((await remote.find([KEY])).size).toBe(0);
  expect(await remote.blobs()).toBeUndefined();
  expect(opened()).toBe(1);
  expect(warnings).toMatchObject([{ code: 'remote-off', kind: 'warning', facts: TROUBLE.facts }]);
  expect(await remote.settle()).toMatchObject({ off: 'the bucket cannot be opened' });
});

test('what a mode excludes opens nothing', async () => {
  const write = remoteOf('write');
  expect((await write.remote.find([KEY])).size).toBe(0);
  expect(await write.remote.blobs()).toBeUndefined();
  expect(write.opened()).toBe(0);
});

test('after it was closed nothing is opened any more', async () => {
  const { remote, opened } = remoteOf();
  remote.close();
  expect((await remote.find([KEY])).size).toBe(0);
  expect(opened()).toBe(0);
});

test('a greeting opens the client, and is no use of it', async () => {
  const { remote, opened } = remoteOf();
  await remote.greet();
  expect([opened(), remote.wasUsed]).toEqual([1, false]);
});
