import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, digestHex, digestOf, encode, fileReference, inputDigest } from '@skein/values';
import { chunkAfter, readChunk, storeChunk } from '@skein/model';
import type { LogPrefix, Trace } from '@skein/model';
import { INPUT_BLOB, LOG_KIND, MemoryTraces } from '@skein/store';
import type { Depot, DepotShare, Scope } from '@skein/store';
import { packArtifact } from '@skein/artifact';
import { expect, test } from 'vitest';
import { serveDepot } from '../test/depot-server.ts';
import { callWith, inArtifact, keyOf, resultOf, traceOf } from '../test/sample.ts';
import { TOKEN, depotIn, httpShare, machine, rights } from '../test/team.ts';
import type { Machine } from '../test/team.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { BucketShare } from './bucket-share.ts';

interface Team extends AsyncDisposable {
  readonly depot: Depot;
  readonly share: DepotShare;
  readonly server: Awaited<ReturnType<typeof serveDepot>>;
  /** A machine with a state of its own; the same name has the same state. */
  readonly join: (name: string, more?: Parameters<typeof machine>[2]) => Machine;
  readonly folder: string;
}

/** A server with a depot on disk, and room for machines. */
async function team(as = rights()): Promise<Team> {
  const folder = temporaryFolder();
  const depot = await depotIn(join(folder.path, 'depot'));
  const share = depot.as(as);
  const server = await serveDepot(share, TOKEN);
  const machines: Machine[] = [];
  return {
    depot,
    share,
    server,
    folder: folder.path,
    join: (name, more) => {
      const joined = machine(join(folder.path, name), httpShare(server.url), more);
      machines.push(joined);
      return joined;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { remote } of machines) remote.close();
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

test('what one machine shares, another finds, and is told who made it', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  const traces = ['one', 'two', 'three'].map((name) => traceOf(name));
  for (const trace of traces) a.remote.offer(trace);
  expect(await a.remote.settle()).toMatchObject({ pushed: 3, left: 0, dropped: 0 });
  const found = await b.remote.find([...traces.map(({ key }) => key), keyOf('absent')]);
  expect([...found.keys()]).toEqual(traces.map(({ key }) => key));
  const [one] = found.get(keyOf('one')) ?? [];
  expect(one).toMatchObject({ ...traces[0], origin: { user: 'ada', writer: a.key.name } });
  expect(b.traces.lookUp(keyOf('one'))).toEqual([one]);
  expect(b.remote.summary()).toMatchObject({ asked: 4, found: 3, unbelieved: {} });
  expect([...a.warnings, ...b.warnings]).toEqual([]);
});

test('questions of one moment travel in one request, and each key is asked for once', async () => {
  await using all = await team();
  const { remote } = all.join('a');
  const keys = Array.from({ length: 5_000 }, (_, index) => keyOf(`key ${index}`));
  await Promise.all(keys.map((key) => remote.find([key])));
  await Promise.all([remote.find(keys), remote.find(keys.slice(0, 10))]);
  const finds = all.server.requests.filter((one) => one.endsWith('/traces/find'));
  expect(finds.length).toBe(3);
  expect(remote.summary().asked).toBe(5_000);
});

test('a prefetched trace is told once, and asked for no more', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  a.remote.offer(traceOf('one'));
  await a.remote.settle();
  const told = Promise.withResolvers<Trace>();
  b.remote.prefetch([keyOf('one'), keyOf('two')], told.resolve);
  expect((await told.promise).key).toBe(keyOf('one'));
  expect((await b.remote.find([keyOf('one')])).size).toBe(1);
  expect(all.server.requests.filter((one) => one.endsWith('/traces/find')).length).toBe(1);
});

test('an artifact travels with its trace, and is fetched when it is read', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  const artifact = await a.blobs.put(Buffer.alloc(300_000, 7));
  a.remote.offer(traceOf('large', { outcome: inArtifact(artifact) }));
  const summary = await a.remote.settle();
  expect(summary).toMatchObject({ pushed: 1 });
  expect(summary.bytesUp).toBeGreaterThan(300_000);
  await b.remote.find([keyOf('large')]);
  expect(await b.blobs.has(artifact)).toBe(false);
  expect(await b.remote.blobs.has(artifact)).toBe(true);
  const bytes = await b.remote.blobs.get(artifact);
  expect(bytes && Buffer.alloc(300_000, 7).equals(bytes)).toBe(true);
  expect(await b.blobs.has(artifact)).toBe(true);
  expect(readdirSync(join(all.folder, 'b', 'tmp'))).toEqual([]);
});

test('a blob that is there already is not sent again', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  for (const { remote, blobs } of [a, b]) {
    const artifact = await blobs.put(Buffer.alloc(100_000, 1));
    remote.offer(traceOf(remote === a.remote ? 'one' : 'two', { outcome: inArtifact(artifact) }));
    await remote.settle();
  }
  expect(all.server.requests.filter((one) => one.startsWith('PUT')).length).toBe(1);
});

test('P4: a trace whose artifact is gone is not shared', async () => {
  await using all = await team();
  const { remote } = all.join('a');
  remote.offer(traceOf('gone', { outcome: inArtifact(digestOf('blob', 'gone')) }));
  expect(await remote.settle()).toMatchObject({ pushed: 0, unshared: { 'bytes-missing': 1 } });
});

test('what observed another path of this machine, or was learned, stays (O2)', async () => {
  await using all = await team();
  const { remote } = all.join('a');
  const outside: Trace['waves'] = [[{ kind: 'file', path: '/home/ada/x', digest: null }]];
  const inside: Trace['waves'] = [[{ kind: 'file', path: '/etc/hosts', digest: null }]];
  remote.offer(traceOf('outside', { waves: outside }));
  remote.offer(traceOf('system', { waves: inside }));
  remote.offer(traceOf('learned', { origin: { scope: 'trusted', skein: '1', at: 0 } }));
  expect(await remote.settle()).toMatchObject({ pushed: 1, unshared: { outside: 1, learned: 1 } });
  expect((await remote.find([keyOf('outside')])).size).toBe(0);
});

test('T4: a failure of the author travels, and impurities do', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  const bytes = encode({ kind: 'value', value: 'no' });
  const digest = digestOf('value', 'no');
  const impurities = [{ kind: 'clock', what: 'Date.now()', at: 'src/main.ts:1:2' }] as const;
  const failed = traceOf('failed', {
    outcome: { kind: 'error', digest, bytes, fault: 'author' },
    impurities,
  });
  a.remote.offer(failed);
  expect(await a.remote.settle()).toMatchObject({ pushed: 1 });
  expect((await b.remote.find([failed.key])).get(failed.key)).toMatchObject([failed]);
});

test('of two outcomes of one world the first stays, the same bytes are the same', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  a.remote.offer(traceOf('x'));
  await a.remote.settle();
  b.remote.offer(traceOf('x', { outcome: resultOf('another') }));
  expect(await b.remote.settle()).toMatchObject({ pushed: 0, conflicts: 1 });
  const c = all.join('c');
  const found = await c.remote.find([keyOf('x')]);
  expect(found.get(keyOf('x'))?.map(({ outcome }) => outcome)).toEqual([resultOf('x')]);
});

test('T5: small inputs come with the trace, others are fetched when wanted', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  const small = encode('small');
  const many = Array.from({ length: 50 }, (_, index) => encode(`${index} ${'x'.repeat(400)}`));
  const large = encode('y'.repeat(70_000));
  for (const value of [small, ...many]) a.traces.rememberValue(inputDigest(value), value);
  a.traces.keep(INPUT_BLOB, inputDigest(large), Buffer.from(await a.blobs.put(large), 'latin1'));
  const one = traceOf('one', { waves: [[callWith(inputDigest(small))]] });
  const two = traceOf('two', {
    waves: [[callWith(...many.map(inputDigest), inputDigest(large))]],
  });
  a.remote.offer(one);
  a.remote.offer(two);
  expect(await a.remote.settle()).toMatchObject({ pushed: 2, unshared: {} });
  const found = await b.remote.find([one.key, two.key]);
  expect(b.traces.valueOf(inputDigest(small))).toEqual(small);
  const [learned] = found.get(two.key) ?? [];
  expect(b.traces.valueOf(inputDigest(many[0] ?? small))).toBeUndefined();
  expect(learned && (await b.remote.bringInputs(learned))).toBe(true);
  for (const value of many) expect(b.traces.valueOf(inputDigest(value))).toEqual(value);
  expect(await b.blobs.has(digestOf('blob', large))).toBe(true);
});

test('T5: a later run brings the inputs of a trace that an earlier one learned', async () => {
  await using all = await team();
  const traces = new MemoryTraces();
  const [a, b] = [all.join('a'), all.join('b', { traces })];
  const values = Array.from({ length: 50 }, (_, index) => encode(`${index} ${'x'.repeat(400)}`));
  for (const value of values) a.traces.rememberValue(inputDigest(value), value);
  const one = traceOf('one', { waves: [[callWith(...values.map(inputDigest))]] });
  a.remote.offer(one);
  await a.remote.settle();
  await b.remote.find([one.key]);
  const later = all.join('b', { traces });
  const [known] = traces.lookUp(one.key);
  expect(known && (await later.remote.bringInputs(known))).toBe(true);
  expect(traces.valueOf(inputDigest(values[7] ?? new Uint8Array()))).toEqual(values[7]);
});

test('T5: files of inputs come in their artifact, loose ones in one of their own', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  mkdirSync(a.loose, { recursive: true });
  const given = digestOf('blob', 'given');
  writeFileSync(join(a.loose, digestHex(given)), 'given');
  const made = digestOf('blob', 'made');
  writeFileSync(join(a.loose, 'made'), 'made');
  const packed = await packArtifact(
    { files: [{ digest: made, path: join(a.loose, 'made') }] },
    join(all.folder, 'pack'),
  );
  if (!packed.ok) throw new Error(packed.failure.headline);
  const artifact = await a.blobs.putFile(packed.value.path, 'move');
  a.traces.rememberFiles(artifact, packedOf(made));
  const value = encode([
    fileReference({ name: 'given.txt', digest: given }),
    fileReference({ name: 'made.txt', digest: made }),
  ]);
  a.traces.rememberValue(inputDigest(value), value);
  const trace = traceOf('files', { waves: [[callWith(inputDigest(value))]] });
  a.remote.offer(trace);
  expect(await a.remote.settle()).toMatchObject({ pushed: 1 });
  expect(readdirSync(join(all.folder, 'a', 'tmp'))).toEqual([]);
  const [learned] = (await b.remote.find([trace.key])).get(trace.key) ?? [];
  expect(learned && (await b.remote.bringInputs(learned))).toBe(true);
  expect(b.traces.artifactOf(made)).toBe(artifact);
  const loose = b.traces.artifactOf(given);
  expect(loose).not.toBe(artifact);
  expect(await b.blobs.hasMany([artifact, loose ?? artifact])).toEqual(new Set([artifact, loose]));
});

test('T5: where an input is gone the trace travels without it, and no call is made', async () => {
  await using all = await team();
  const [a, b] = [all.join('a'), all.join('b')];
  const trace = traceOf('gone', { waves: [[callWith(digestOf('value', 'gone'))]] });
  a.remote.offer(trace);
  expect(await a.remote.settle()).toMatchObject({ pushed: 1, left: 0 });
  const [learned] = (await b.remote.find([trace.key])).get(trace.key) ?? [];
  expect(learned && (await b.remote.bringInputs(learned))).toBe(false);
});

/** A log of so many chunks, kept by the machine. */
function logOf({ traces }: Machine, chunks: number, path?: string): LogPrefix {
  let last: LogPrefix | null = null;
  for (let index = 0; index < chunks; index += 1) {
    const at = path !== undefined && index === chunks - 1 ? path : `data/${index}`;
    const chunk = chunkAfter(last, [{ kind: 'file', path: at, digest: null }]);
    traces.keep(LOG_KIND, chunk.digest, encode(storeChunk(chunk)));
    last = { length: chunk.length, digest: chunk.digest };
  }
  if (last === null) throw new Error('a log has a chunk');
  return last;
}

test.each([1, 63, 64, 65, 200])(
  'O3: a log of %i chunks is whole on the other side',
  async (count) => {
    await using all = await team();
    const [a, b] = [all.join('a'), all.join('b')];
    const log = logOf(a, count);
    const traces = ['one', 'two', 'three'].map((name) => traceOf(name, { log }));
    for (const trace of traces) a.remote.offer(trace);
    expect(await a.remote.settle()).toMatchObject({ pushed: 3 });
    const uploads = all.server.requests.filter((one) => one.startsWith('PUT'));
    expect(uploads.length).toBe(Math.floor(count / 64));
    expect((await b.remote.find(traces.map(({ key }) => key))).size).toBe(3);
    for (let at: LogPrefix | null = log, left = count; left > 0; left -= 1) {
      const kept = at === null ? undefined : b.traces.kept(LOG_KIND, at.digest);
      expect(kept).toEqual(at === null ? undefined : a.traces.kept(LOG_KIND, at.digest));
      expect(kept).toBeDefined();
      at = previousOf(kept);
    }
  },
);

test('O2 O3: what depends on a log that names another path of this machine stays', async () => {
  await using all = await team();
  const { remote, ...a } = all.join('a');
  const log = logOf({ remote, ...a }, 70, '/home/ada/x');
  remote.offer(traceOf('one', { log }));
  remote.offer(traceOf('two', { log: { length: 9, digest: digestOf('log', 'gone') } }));
  expect(await remote.settle()).toMatchObject({
    pushed: 0,
    unshared: { outside: 1, 'log-missing': 1 },
  });
  expect(remote.whyUnshared(traceOf('one', { log }))).toEqual({
    kind: 'outside',
    path: '/home/ada/x',
  });
});

test('O3: a log of more than 4,096 chunks is not shared', async () => {
  await using all = await team();
  const a = all.join('a');
  a.remote.offer(traceOf('one', { log: logOf(a, 4_097) }));
  expect(await a.remote.settle()).toMatchObject({ unshared: { 'log-too-long': 1 } });
});

test('a read-only token shares nothing, and who asked for more is told once', async () => {
  await using all = await team(rights(undefined, 'read'));
  const quiet = all.join('quiet');
  quiet.remote.offer(traceOf('x'));
  expect(await quiet.remote.settle()).toMatchObject({ pushed: 0, dropped: 1, left: 0 });
  expect(quiet.warnings).toEqual([]);
  const asked = all.join('asked', { modeAskedBy: '"--remote-mode"' });
  asked.remote.offer(traceOf('x'));
  await asked.remote.find([keyOf('x')]);
  await asked.remote.settle();
  expect(asked.warnings.map(({ code }) => code)).toEqual(['remote-refused']);
  expect(asked.warnings[0]?.facts).toContainEqual(['allowed', '"read"']);
});

test('modes: "read" offers nothing, "write" asks for nothing', async () => {
  await using all = await team();
  const reader = all.join('reader', { mode: 'read' });
  reader.remote.offer(traceOf('x'));
  expect(await reader.remote.settle()).toMatchObject({ pushed: 0, left: 0 });
  const writer = all.join('writer', { mode: 'write' });
  writer.remote.offer(traceOf('x'));
  await writer.remote.settle();
  expect((await writer.remote.find([keyOf('x')])).size).toBe(0);
  expect(all.server.requests.filter((one) => one.endsWith('/traces/find'))).toEqual([]);
});

test('trusted reads nothing of a pull request, and nobody of a revoked writer', async () => {
  const puller = rights('pr/7' as Scope, 'read-write', 'f6e5d4c3b2a1');
  await using pull = await team(puller);
  const p = pull.join('p');
  p.remote.offer(traceOf('poison', { outcome: resultOf('forged') }));
  expect(await p.remote.settle()).toMatchObject({ pushed: 1 });
  await using main = await serveDepot(pull.depot.as(rights()), TOKEN);
  const m = machine(join(pull.folder, 'm'), httpShare(main.url));
  expect((await m.remote.find([keyOf('poison')])).size).toBe(0);
  const other = pull.join('other');
  expect((await other.remote.find([keyOf('poison')])).size).toBe(1);
  const revoked = await pull.depot.revokeWriter(p.key.name);
  expect(revoked.ok).toBe(true);
  const after = pull.join('other', { traces: other.traces });
  await after.remote.find([keyOf('another')]);
  expect(after.traces.lookUp(keyOf('poison'))).toEqual([]);
  m.remote.close();
});

test('a key that was revoked shares nothing more, and that is said once', async () => {
  await using all = await team();
  const a = all.join('a');
  a.remote.offer(traceOf('x'));
  await a.remote.settle();
  await all.depot.revokeWriter(a.key.name);
  const later = all.join('a', { writerKey: () => Promise.resolve(a.key) });
  later.remote.offer(traceOf('y'));
  expect(await later.remote.settle()).toMatchObject({ pushed: 0, left: 0, dropped: 1 });
  expect(later.warnings.map(({ code }) => code)).toEqual(['remote-refused']);
});

test('a bucket is shared the same way, and needs no registered key', async () => {
  using folder = temporaryFolder();
  const depot = await depotIn(join(folder.path, 'depot'), true);
  const [a, b] = ['a', 'b'].map((name) =>
    machine(
      join(folder.path, name),
      new BucketShare(depot.as(rights(undefined, undefined, 'bucket'))),
    ),
  );
  if (a === undefined || b === undefined) throw new Error('two machines were expected');
  const artifact = await a.blobs.put(Buffer.from('artifact'));
  a.remote.offer(traceOf('one', { outcome: inArtifact(artifact) }));
  expect(await a.remote.settle()).toMatchObject({ pushed: 1, left: 0 });
  expect((await b.remote.find([keyOf('one')])).size).toBe(1);
  expect(await b.remote.blobs.bring(artifact)).toBe(true);
  expect(b.remote.summary()).toMatchObject({ found: 1, unbelieved: {} });
  expect(b.remote.summary().bytesDown).toBeGreaterThan(8);
  expect([...a.warnings, ...b.warnings]).toEqual([]);
});

function packedOf(digest: ReturnType<typeof digestOf>): Uint8Array {
  const packed = inArtifact(digest, [digest]);
  return packed.kind === 'result' ? (packed.files ?? new Uint8Array()) : new Uint8Array();
}

function previousOf(kept: Uint8Array | undefined): LogPrefix | null {
  return kept === undefined ? null : readChunk(decode(kept)).previous;
}
