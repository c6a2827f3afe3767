import { Readable } from 'node:stream';
import { digestOf } from '@skein/values';
import { SharedStoreError } from '@skein/store';
import type { ShareTrouble } from '@skein/store';
import { expect, test } from 'vitest';
import { type Behaviour, FailingShare, hangs } from '../test/failing-share.ts';
import { ManualTime, turns } from '../test/manual-time.ts';
import { inArtifact, keyOf, traceOf } from '../test/sample.ts';
import { machine } from '../test/team.ts';
import type { Machine } from '../test/team.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';

interface Bench extends Disposable, Machine {
  readonly share: FailingShare;
  readonly time: ManualTime;
}

function bench(behaviour: Behaviour, more: Parameters<typeof machine>[2] = {}): Bench {
  const folder = temporaryFolder();
  const share = new FailingShare(behaviour);
  const time = new ManualTime();
  const { clock, timers } = time;
  const joined = machine(folder.path, share, { clock, timers, ...more });
  return {
    ...joined,
    share,
    time,
    [Symbol.dispose]: () => {
      joined.remote.close();
      folder[Symbol.dispose]();
    },
  };
}

const rejects = (trouble: ShareTrouble) => (): Promise<never> =>
  Promise.reject(new SharedStoreError(trouble, `it says ${trouble}`));

/** Asks for a key, and lets time pass until there is an answer; gives how long that was. */
async function askFor(it: Bench, name: string): Promise<number> {
  const began = it.time.clock.elapsed();
  const state = { isAnswered: false };
  const answer = it.remote.find([keyOf(name)]).then((found) => {
    state.isAnswered = true;
    return found;
  });
  await turns();
  while (!state.isAnswered) await it.time.pass(100);
  expect((await answer).size).toBe(0);
  return it.time.clock.elapsed() - began;
}

test.each<ShareTrouble>(['unreachable', 'timeout', 'garbage', 'server-error', 'forbidden'])(
  'D7: after three answers that are "%s" it is off, with one warning',
  async (trouble) => {
    using it = bench(rejects(trouble));
    for (let index = 0; index < 9; index += 1) await askFor(it, `key ${index}`);
    it.remote.offer(traceOf('x'));
    expect(await it.remote.blobs.has(digestOf('blob', 'x'))).toBe(false);
    expect(it.share.asked.filter((one) => one !== 'close').length).toBe(3);
    expect(it.warnings.map(({ code }) => code)).toEqual(['remote-off']);
    expect(it.warnings[0]?.facts).toContainEqual(['because', `it says ${trouble}`]);
    expect(it.remote.summary()).toMatchObject({ off: `it says ${trouble}`, found: 0 });
  },
);

test('D7: a token that is not accepted is tried once', async () => {
  using it = bench(rejects('unauthorised'));
  for (let index = 0; index < 5; index += 1) await askFor(it, `key ${index}`);
  expect(it.share.asked).toEqual(['greet']);
  expect(it.warnings.length).toBe(1);
  expect(it.warnings[0]?.hint).toContain('SKEIN_REMOTE_TOKEN');
});

test('D7: what comes when the remote is off is counted as not shared', async () => {
  using it = bench(rejects('unauthorised'));
  await askFor(it, 'key');
  for (let index = 0; index < 5; index += 1) it.remote.offer(traceOf(`key ${index}`));
  expect(await it.remote.settle()).toMatchObject({ dropped: 5, left: 0, pushed: 0 });
});

test('D7: failures with answers between them turn nothing off', async () => {
  let count = 0;
  using it = bench((what) => {
    count += 1;
    return what === 'find' && count % 3 === 0
      ? rejects('unreachable')()
      : Promise.resolve(undefined);
  });
  for (let index = 0; index < 20; index += 1) await askFor(it, `key ${index}`);
  expect(it.warnings).toEqual([]);
});

test('D7: look-ups of a server that hangs are waited for 15 s, however many', async () => {
  using it = bench((what, asking) =>
    what === 'find' ? hangs(asking) : Promise.resolve(undefined),
  );
  let waited = 0;
  for (let index = 0; index < 50; index += 1) waited += await askFor(it, `key ${index}`);
  expect(waited).toBeLessThanOrEqual(15_100);
  expect(it.remote.summary().waitedMs).toBeLessThanOrEqual(15_000);
  expect(it.warnings.map(({ code }) => code)).toEqual(['remote-off']);
  expect(it.share.asked).toEqual(['greet', 'find']);
});

test('D7: a greeting that hangs is waited for no longer than look-ups', async () => {
  using it = bench((_, asking) => hangs(asking));
  await askFor(it, 'a');
  await askFor(it, 'b');
  expect(it.remote.summary().waitedMs).toBeLessThanOrEqual(15_000);
  expect(it.warnings.length).toBe(1);
});

test('D7: a blob that drips is given up, and one warning is all that is said', async () => {
  using it = bench((what) =>
    Promise.resolve(what === 'getBlob' ? new Readable({ read: () => undefined }) : undefined),
  );
  const brought = it.remote.blobs.bring(digestOf('blob', 'content'));
  await it.time.pass(20_000);
  expect(await brought).toBe(false);
  expect(it.warnings.length).toBe(1);
  expect(it.remote.summary().waitedMs).toBeLessThanOrEqual(15_000);
});

test('what is turned off for look-ups is still shared', async () => {
  using it = bench((what, asking) =>
    what === 'find' ? hangs(asking) : Promise.resolve(undefined),
  );
  await askFor(it, 'a');
  it.remote.offer(traceOf('x'));
  const settled = it.remote.settle();
  await it.time.pass(1_000);
  expect(await settled).toMatchObject({ pushed: 1, left: 0 });
});

test('D7: sharing that does not get on is given up after 10 s, the rest counted', async () => {
  using it = bench((what, asking) => (what === 'put' ? hangs(asking) : Promise.resolve(undefined)));
  for (let index = 0; index < 500; index += 1) it.remote.offer(traceOf(`x${index}`));
  const told: number[] = [];
  const settled = it.remote.settle({ progress: ({ entries }) => told.push(entries) });
  await it.time.pass(11_000);
  expect(await settled).toMatchObject({ pushed: 0, left: 500 });
  expect(told.at(0)).toBe(500);
  expect(it.warnings).toEqual([]);
});

test('sharing is given up when it is told to', async () => {
  using it = bench((what, asking) => (what === 'put' ? hangs(asking) : Promise.resolve(undefined)));
  it.remote.offer(traceOf('x'));
  const controller = new AbortController();
  const settled = it.remote.settle({ signal: controller.signal });
  await it.time.pass(500);
  controller.abort();
  expect(await settled).toMatchObject({ left: 1 });
});

test('what failed once is sent again, and pushed once', async () => {
  let failures = 0;
  using it = bench((what) => {
    if (what !== 'put' || failures === 2) return Promise.resolve(undefined);
    failures += 1;
    return rejects('server-error')();
  });
  it.remote.offer(traceOf('x'));
  const settled = it.remote.settle();
  await it.time.pass(2_000);
  expect(await settled).toMatchObject({ pushed: 1, left: 0, dropped: 0 });
  expect(it.warnings).toEqual([]);
});

test('where there is no room nothing more is sent, and that is said once', async () => {
  using it = bench((what) => Promise.resolve(what === 'put' ? 'full' : undefined));
  for (let index = 0; index < 500; index += 1) it.remote.offer(traceOf(`x${index}`));
  const settled = it.remote.settle();
  await it.time.pass(1_000);
  expect(await settled).toMatchObject({ pushed: 0, refused: 500, left: 0 });
  expect(it.share.asked.filter((one) => one === 'put').length).toBe(1);
  expect(it.warnings.map(({ code }) => code)).toEqual(['remote-refused']);
});

test('an entry whose blob is not taken is not sent', async () => {
  using it = bench((what) => Promise.resolve(what === 'putBlob' ? 'refused' : undefined));
  const artifact = await it.blobs.put(Buffer.from('artifact'));
  it.remote.offer(traceOf('x', { outcome: inArtifact(artifact) }));
  const settled = it.remote.settle();
  await it.time.pass(1_000);
  expect(await settled).toMatchObject({ pushed: 0, refused: 1, left: 0 });
  expect(it.share.asked).not.toContain('put');
});

test('what waits to be shared is bounded; what is too much is dropped and counted', async () => {
  using it = bench((_, asking) => hangs(asking));
  const trace = traceOf('x');
  for (let index = 0; index < 50_100; index += 1) it.remote.offer(trace);
  expect(it.remote.summary()).toMatchObject({ dropped: 100, left: 50_000 });
});

test('what is shared is sent while the run goes on', async () => {
  using it = bench(() => Promise.resolve(undefined));
  it.remote.offer(traceOf('x'));
  await it.time.pass(5_000);
  for (let turn = 0; it.remote.summary().pushed === 0 && turn < 500; turn += 1)
    await it.time.pass(10);
  expect(it.remote.summary()).toMatchObject({ pushed: 1, left: 0 });
  expect(it.time.waiting).toBe(0);
});

test('nothing wanted is nothing asked', async () => {
  using it = bench(() => Promise.resolve(undefined));
  await it.remote.settle();
  expect((await it.remote.find([])).size).toBe(0);
  expect(it.share.asked).toEqual([]);
});
