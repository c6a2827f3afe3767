import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionKey, ResultOutcome } from '@skein/model';
import { digestOf, encode } from '@skein/values';
import { blobsOf, encodeEntry, readEntry, writerOf, type Entry, type Scope } from '@skein/store';
import { beforeEach, describe, expect, test } from 'vitest';
import { runTask, showRun, type Answer } from './support/answer.ts';
import { CacheServer } from './support/cache-server.ts';
import { checkCode, skein } from './support/command.ts';
import { FaultyServer, honest } from './support/faulty-server.ts';
import { copySandbox, type Sandbox } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';
import { Wire, entriesIn, framesOf, type WireEntry } from './support/wire.ts';
import { Writer } from './support/writer.ts';

/*
 * CVE-2025-36852: whoever may run a pull request can compute, before the main branch does, the key
 * under which the main branch will look, and store there what he likes.
 */

const pipeline = 'e2e/pipelines/fill.ts';
/** Three results that lie in artifacts, and the caller's number. */
const args = [pipeline, '--count', '3'];
const RIGHT = 3 * 64 * 1024;
const FORGED = 666;
const ALL = 4;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });
let server: CacheServer;
let number = 0;

beforeEach(async () => {
  number += 1;
  const started = await CacheServer.start(sandbox, {
    data: join(sandbox.folder, `data-${number}`),
  });
  server = started;
  return async () => await started[Symbol.asyncDispose]();
});

interface Machine {
  readonly sandbox: Sandbox;
  readonly token: string;
  /** Another address than the server's. */
  readonly address?: string;
  /** With the state of its last run; otherwise it has forgotten everything. */
  readonly remembers?: boolean;
}

async function runOn({ sandbox: place, token, address, remembers }: Machine): Promise<Answer> {
  if (remembers !== true) await forgetState(place);
  const remote = address ?? server.address;
  const variables = { SKEIN_REMOTE: remote, SKEIN_REMOTE_TOKEN: token };
  return await runTask(place, args, { variables });
}

async function forgetState({ root }: Sandbox): Promise<void> {
  await rm(join(root, '.skein'), { recursive: true, force: true });
}

/** The workspace on another machine: another directory, another user's home. */
async function cloneOf(place: Sandbox): Promise<Sandbox & AsyncDisposable> {
  const clone = await copySandbox(place);
  await forgetState(clone);
  return { ...clone, [Symbol.asyncDispose]: async () => await clone.close() };
}

/** The keys of a run's calls: its caller's first. */
async function keysOf(place: Sandbox, { run }: Answer): Promise<readonly string[]> {
  const { calls } = await showRun(place, run ?? '');
  const keys = calls
    .toSorted((one, other) => one.action - other.action)
    .flatMap(({ key }) => key ?? []);
  return [...new Set(keys)];
}

test('CVE-2025-36852: by the protocol of Nx, the trusted branch reads its own only', async () => {
  const [pull, trusted, next] = await Promise.all(
    ['pr/7', 'trusted', 'pr/8'].map(async (scope) => {
      return new Wire(server.address, await server.token(scope));
    }),
  );
  const hash = '119321557134628363';
  expect(await pull?.putNx(hash, 'forged')).toBe(200);
  expect(await trusted?.getNx(hash)).toBe(404);
  expect(await next?.getNx(hash)).toBe(404);
  expect(await trusted?.putNx(hash, 'right')).toBe(200);
  expect(await trusted?.getNx(hash)).toBe('right');
  expect(await pull?.getNx(hash)).toBe('forged');
  expect(await next?.getNx(hash)).toBe('right');
  for (const one of [pull, trusted]) expect(await one?.putNx(hash, 'once more')).toBe(409);
  expect(await trusted?.getNx(hash)).toBe('right');

  const reader = new Wire(server.address, await server.token('trusted', 'read'));
  expect(await reader.putNx('1', 'forged')).toBe(403);
  expect(await trusted?.getNx('1')).toBe(404);
});

describe('CVE-2025-36852: by our own protocol, a pull request', () => {
  /** What an honest run with a token of a pull request shares: the raw material of a forgery. */
  async function shareHonestly(): Promise<{ honestly: readonly WireEntry[]; honest: Wire }> {
    await using machine = await cloneOf(sandbox);
    const token = await server.token('pr/6');
    const answer = await runOn({ sandbox: machine, token });
    expect(answer).toMatchObject({ result: RIGHT, actions: { executed: ALL } });
    const honest = new Wire(server.address, token);
    const honestly = await honest.find(await keysOf(machine, answer));
    expect(honestly).toHaveLength(ALL);
    return { honestly, honest };
  }

  interface Forgery {
    readonly writer: Writer;
    /** What the entry says where it was shared. */
    readonly scope: string;
    /** By the names of tasks, what they are said to have given. */
    readonly results: Readonly<Record<string, unknown>>;
  }

  /** The entries of these tasks with other results, well made, and signed by somebody else. */
  async function forge(
    honestly: readonly WireEntry[],
    { writer, scope, results }: Forgery,
  ): Promise<readonly WireEntry[]> {
    const known = await Promise.all(honestly.map(read));
    return await Promise.all(
      known.map(async ({ trace, inputs, log, id, provenance: told }) => {
        const name = trace.task.slice(trace.task.lastIndexOf('#') + 1);
        const outcome = name in results ? resultOf(results[name]) : trace.outcome;
        const provenance = { ...told, scope, writer: writer.name };
        const content = { trace: { ...trace, outcome }, scope: scope as Scope, provenance };
        const bytes = await encodeEntry({ ...content, inputs, log }, writer.key);
        return { key: trace.key, id, scope, bytes };
      }),
    );
  }

  /** Gives the artifacts of the entries to another scope: to the one of the second token. */
  async function carryBlobs(
    entries: readonly WireEntry[],
    { from, to }: { readonly from: Wire; readonly to: Wire },
  ): Promise<readonly string[]> {
    const known = await Promise.all(entries.map(read));
    const digests = [...new Set(known.flatMap((entry) => [...blobsOf(entry)]))];
    for (const digest of digests) {
      const { body } = await from.ask(`/skein/v1/blobs/${digest}`);
      expect(await to.putBlob(body)).toBe(201);
    }
    return digests;
  }

  test('is never read by the trusted branch, whatever it pushes under its keys', async () => {
    const { honestly, honest: from } = await shareHonestly();
    const keys = honestly.map(({ key }) => key);
    const token = await server.token('pr/7');
    const pull = new Wire(server.address, token);
    const writer = new Writer();
    expect(await pull.register(writer.publicKey)).toBe(204);
    const artifacts = await carryBlobs(honestly, { from, to: pull });
    const results = { main: FORGED };
    const forged = await forge(honestly, { writer, scope: 'pr/7', results });
    expect(await pull.putEntries(forged)).toEqual(forged.map(() => 'stored'));
    // The same entries, saying that they were shared where the trusted branch reads.
    for (const entry of await forge(honestly, { writer, scope: 'trusted', results })) {
      expect(await pull.putEntry(entry)).toBe(409);
    }

    // The forgery is well made: the pull request itself believes it.
    await using attacker = await cloneOf(sandbox);
    const believed = await runOn({ sandbox: attacker, token });
    expect(believed).toMatchObject({ result: FORGED, actions: { executed: 0 } });

    const trusted = await server.token('trusted');
    const branch = new Wire(server.address, trusted);
    expect(await branch.find(keys)).toEqual([]);
    expect(artifacts.length).toBeGreaterThan(0);
    expect(await branch.hasBlobs(artifacts)).toEqual([]);
    const main = await runOn({ sandbox, token: trusted });
    expect(main).toMatchObject({ result: RIGHT, actions: { executed: ALL } });
    expect(await keysOf(sandbox, main)).toEqual(expect.arrayContaining(keys));

    // What the trusted branch stored is its own, and that is what the next clone reads.
    await using clone = await cloneOf(sandbox);
    const next = await runOn({ sandbox: clone, token: trusted });
    expect(next).toMatchObject({ result: RIGHT, actions: { executed: 0 } });
    const found = await branch.find(keys);
    expect(new Set(found.map(({ scope }) => scope))).toEqual(new Set(['trusted']));
    expect(found.map(({ bytes }) => writerOf(bytes))).not.toContain(writer.name);
  });

  test('may not write with a token that only reads the trusted branch', async () => {
    const { honestly } = await shareHonestly();
    const results = { main: FORGED };
    const writer = new Writer();
    const reader = new Wire(server.address, await server.token('trusted', 'read'));
    expect(await reader.register(writer.publicKey)).toBe(403);
    for (const entry of await forge(honestly, { writer, scope: 'trusted', results })) {
      expect(await reader.putEntry(entry)).toBe(403);
    }
    const main = await runOn({ sandbox, token: await server.token('trusted') });
    expect(main).toMatchObject({ result: RIGHT, actions: { executed: ALL } });
  });

  test('is not believed even where a server gives its entries for trusted ones', async () => {
    const { honestly } = await shareHonestly();
    const pull = new Wire(server.address, await server.token('pr/7'));
    const writer = new Writer();
    expect(await pull.register(writer.publicKey)).toBe(204);
    const results = { main: FORGED, noise: new Uint8Array(FORGED) };
    const forged = await forge(honestly, { writer, scope: 'trusted', results });
    const relabelled = [...forged, ...honestly.map((one) => ({ ...one, scope: 'trusted' }))];
    await using lying = await FaultyServer.open(server.address);
    lying.behave(async (exchange) => {
      if (!exchange.path.endsWith('/traces/find')) return await honest(exchange);
      const { status, headers, body } = await exchange.forward();
      const all = [...entriesIn(body), ...relabelled];
      const answer = framesOf(all.map(({ key, id, scope, bytes }) => [key, id, scope, bytes]));
      exchange.response.writeHead(status, { ...headers, 'content-length': answer.length });
      exchange.response.end(answer);
    });
    const { address } = lying;
    const main = await runOn({ sandbox, token: await server.token('trusted'), address });
    expect(main).toMatchObject({ result: RIGHT, actions: { executed: ALL } });
    expect(lying.asked).toContainEqual('POST /skein/v1/traces/find');
  });

  test('cannot put other bytes under the digest of an artifact', async () => {
    const pull = new Wire(server.address, await server.token('pr/7'));
    const trusted = new Wire(server.address, await server.token('trusted'));
    await trusted.putBlob('what main has');
    const digest = `${'0'.repeat(64)}-6`;
    expect(await pull.putBlob('forged', digest)).toBe(422);
    expect(await trusted.getBlob(digest)).toBe(404);
    expect(await pull.getBlob(digest)).toBe(404);
  });
});

describe('a writer who is revoked', () => {
  async function writerOfKeys(token: string, keys: readonly string[]): Promise<string> {
    const entries = await new Wire(server.address, token).find(keys);
    const writers = new Set(entries.map(({ bytes }) => writerOf(bytes)));
    expect(writers.size).toBe(1);
    const [writer] = writers;
    if (typeof writer !== 'string') throw new Error('nobody wrote them');
    return writer;
  }

  test('is gone for all readers: those who had his results execute again', async () => {
    const [token, reader] = [await server.token('trusted'), await server.token('trusted', 'read')];
    const first = await runOn({ sandbox, token });
    expect(first.actions.executed).toBe(ALL);
    await using one = await cloneOf(sandbox);
    await using other = await cloneOf(sandbox);
    const reused = await runOn({ sandbox: one, token: reader });
    expect(reused).toMatchObject({ result: RIGHT, actions: { executed: 0 } });

    const writer = await writerOfKeys(token, await keysOf(sandbox, first));
    const variables = { SKEIN_REMOTE: server.address, SKEIN_REMOTE_TOKEN: token };
    const command = ['cache', 'revoke', '--writer', writer];
    checkCode(await skein(sandbox, command, { variables }), 0);

    const fresh = await runOn({ sandbox: other, token: reader });
    expect(fresh).toMatchObject({ result: RIGHT, actions: { executed: ALL } });
    const again = await runOn({ sandbox: one, token: reader, remembers: true });
    expect(again).toMatchObject({ result: RIGHT, actions: { executed: ALL } });
    const wire = new Wire(server.address, reader);
    expect(await wire.find(await keysOf(sandbox, first))).toEqual([]);
    expect((await wire.greeting()).revoked).toContain(writer);
  });
});

/** An outcome that the digest and the form of speak for. */
function resultOf(value: unknown): ResultOutcome {
  const bytes = encode(value);
  return { kind: 'result', digest: digestOf('value', bytes), value: { at: 'inline', bytes } };
}

/** The entry without a doubt about who wrote it. */
async function read({ key, id, scope, bytes }: WireEntry): Promise<Entry> {
  const writer = writerOf(bytes);
  const reading = await readEntry(
    { key: key as ActionKey, id, scope: scope as Scope, bytes },
    {
      reads: new Set([scope as Scope]),
      writers: new Map([[writer ?? '', 'any']]),
      revoked: new Set(),
      unsigned: false,
      entryBytes: bytes.length,
    },
  );
  if (!reading.ok) throw new Error(`an honest entry is refused: ${reading.refusal}`);
  return reading.entry;
}
