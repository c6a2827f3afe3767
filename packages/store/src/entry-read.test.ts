import { digestHex, digestOf, digestSize, encode, packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { expect, test } from 'vitest';
import type { Trace } from '@skein/model';
import { GOLDEN_TRACES } from '../test/golden.ts';
import { filesOf, keyOf, resultOf, traceOf } from '../test/sample.ts';
import {
  PR_SCOPE,
  PROVENANCE,
  TRUSTED_SCOPE,
  believing,
  contentOf,
  greetingOf,
  newWriter,
  sharedEntry,
} from '../test/writers.ts';
import { encodeEntry, entryId, openEntry, writerOf } from './entry.ts';
import { type EntryRefusal, beliefOf, readEntry } from './entry-read.ts';
import { signContent } from './entry-writer.ts';
import type { SharedEntry } from './shared-store.ts';

const writer = newWriter();
const trusted = believing([[writer, TRUSTED_SCOPE]]);
const trace = traceOf('a');

async function refusalOf(entry: SharedEntry, belief = trusted): Promise<EntryRefusal | 'none'> {
  const reading = await readEntry(entry, belief);
  return reading.ok ? 'none' : reading.refusal;
}

/** Signed as it should be, with other fields than our writer would write. */
async function forged(...fields: readonly unknown[]): Promise<Uint8Array> {
  const content = encode(fields);
  const signature = await signContent(content, writer.privateKey);
  return encode([1, content, writer.publicKey, new Uint8Array(signature)]);
}

test('every kind of trace comes back as it was shared, with whoever shared it', async () => {
  for (const made of GOLDEN_TRACES) {
    if (made.outcome.kind === 'result' && made.outcome.files !== undefined) {
      // Strings stand for files there; whatever a value names has to be in its artifact.
      expect(made.outcome.artifact).toBeDefined();
    }
    const reading = await readEntry(await sharedEntry(contentOf(made), writer), trusted);
    const origin = { ...PROVENANCE, writer: writer.name };
    expect(reading).toMatchObject({ ok: true, entry: { trace: { ...made, origin } } });
  }
});

test('inputs and logs come back as they were shared', async () => {
  const blob = digestOf('blob', 'x');
  const logged = traceOf('logged', { log: { length: 200, digest: digestOf('log', 'end') } });
  const inputs = {
    small: [encode('small'), encode(1)],
    pack: { blob, size: 77 },
    large: [{ input: digestOf('value', 'large'), blob }],
    files: [{ artifact: blob, files: [digestOf('blob', 'f')] }],
  };
  const tail = { at: 'entry', chunks: [encode('chunk')] } as const;
  for (const log of [
    { segments: [blob], tail },
    { segments: [], tail: { at: 'blob', blob } } as const,
  ]) {
    const entry = await sharedEntry(contentOf(logged, { inputs, log }), writer);
    expect(await readEntry(entry, trusted)).toMatchObject({ ok: true, entry: { inputs, log } });
  }
});

test('a signature of nobody, of a stranger, or of another content is not believed', async () => {
  const content = contentOf(trace);
  expect(await refusalOf(await sharedEntry(content, undefined))).toBe('unsigned');
  expect(await refusalOf(await sharedEntry(content, newWriter()))).toBe('unknown-writer');
  const mine = openEntry(await encodeEntry(content, writer));
  const other = openEntry(await encodeEntry(contentOf(traceOf('b')), writer));
  const bytes = encode([1, mine?.content, writer.publicKey, other?.signed?.signature]);
  expect(await refusalOf(await sharedEntry(content, writer, { bytes }))).toBe('wrong-signature');
});

test('a stranger who names the key of a writer is not believed', async () => {
  const stranger = newWriter();
  const forgedKey = { ...stranger, publicKey: writer.publicKey, name: writer.name };
  const entry = await sharedEntry(contentOf(trace), forgedKey);
  expect(writerOf(entry.bytes)).toBe(writer.name);
  expect(await refusalOf(entry)).toBe('wrong-signature');
});

test('a key that is registered under another scope is not believed there', async () => {
  const puller = newWriter();
  const both = { reads: [PR_SCOPE, TRUSTED_SCOPE] };
  const belief = believing([[puller, PR_SCOPE]], both);
  const pretending = await sharedEntry(contentOf(trace), puller);
  expect(await refusalOf(pretending, belief)).toBe('unknown-writer');
  const honest = await sharedEntry(contentOf(trace, { scope: PR_SCOPE }), puller);
  expect(await refusalOf(honest, belief)).toBe('none');
});

test('no promotion by copying: an entry counts in the scope that its writer named', async () => {
  const belief = believing(
    [
      [writer, TRUSTED_SCOPE],
      [writer, PR_SCOPE],
    ],
    { reads: [PR_SCOPE, TRUSTED_SCOPE] },
  );
  const entry = await sharedEntry(contentOf(trace, { scope: PR_SCOPE }), writer);
  expect(await refusalOf({ ...entry, scope: TRUSTED_SCOPE }, belief)).toBe('other-scope');
  expect(await refusalOf(entry, trusted)).toBe('scope-not-read');
});

test('an entry of another key or of other observations is not an answer', async () => {
  const entry = await sharedEntry(contentOf(trace), writer);
  expect(await refusalOf({ ...entry, key: keyOf('b') })).toBe('other-key');
  expect(await refusalOf({ ...entry, id: entryId(traceOf('b', { waves: [[]] })) })).toBe(
    'other-id',
  );
});

test('what a revoked writer shared is not believed, even where the key is pinned', async () => {
  const entry = await sharedEntry(contentOf(trace), writer);
  const revoked = { revoked: [writer.name] };
  expect(await refusalOf(entry, believing([[writer, TRUSTED_SCOPE]], revoked))).toBe('revoked');
  expect(await refusalOf(entry, beliefOf(greetingOf(revoked), [writer.publicKey]))).toBe('revoked');
  const bucket = beliefOf(greetingOf({ ...revoked, unsigned: true }));
  expect(await refusalOf(entry, bucket)).toBe('revoked');
});

test('pinned keys are believed alone, without being registered', async () => {
  const other = newWriter();
  const registered = [{ publicKey: writer.publicKey, scope: TRUSTED_SCOPE, token: 'ab' }];
  const belief = beliefOf(greetingOf({ writers: registered, unsigned: true }), [other.publicKey]);
  expect(await refusalOf(await sharedEntry(contentOf(trace), other), belief)).toBe('none');
  expect(await refusalOf(await sharedEntry(contentOf(trace), writer), belief)).toBe(
    'unknown-writer',
  );
  expect(await refusalOf(await sharedEntry(contentOf(trace), undefined), belief)).toBe('unsigned');
});

test('a bucket without keys gives entries that nobody signed', async () => {
  const belief = beliefOf(greetingOf({ unsigned: true }));
  const entry = await sharedEntry(contentOf(trace), undefined);
  const reading = await readEntry(entry, belief);
  expect(reading.ok && reading.entry.trace.origin).toEqual(PROVENANCE);
  expect(await refusalOf(await sharedEntry(contentOf(trace), newWriter()), belief)).toBe('none');
});

test('a writer who says that another one wrote it is not believed', async () => {
  const id = entryId(trace);
  const [, , , , body] = await fieldsOf(trace);
  const told = { ...PROVENANCE, writer: newWriter().name };
  const bytes = await forged(trace.key, id, 'trusted', told, body, null, null);
  expect(await refusalOf({ key: trace.key, id, scope: TRUSTED_SCOPE, bytes })).toBe('malformed');
});

test('provenance that would paint the terminal is not believed', async () => {
  const id = entryId(trace);
  const [, , , , body] = await fieldsOf(trace);
  const told = { ...PROVENANCE, writer: writer.name, user: 'a\u001b[2Jb' };
  const bytes = await forged(trace.key, id, 'trusted', told, body, null, null);
  expect(await refusalOf({ key: trace.key, id, scope: TRUSTED_SCOPE, bytes })).toBe('malformed');
});

test('D5: a value that is not what its digest says is not believed', async () => {
  const outcome = {
    ...resultOf('right'),
    value: { at: 'inline', bytes: encode('wrong') },
  } as const;
  const wrong = traceOf('a', { outcome: outcome as Trace['outcome'] });
  expect(await refusalOf(await sharedEntry(contentOf(wrong), writer))).toBe('wrong-value');
});

/** The bytes of a folder with one file, as a writer without our checks makes them. */
function folderOf(path: string, file: Digest): Buffer {
  const text = Buffer.from(path);
  const length = (0x60 + text.length).toString(16);
  const { hex, size } = { hex: digestHex(file), size: digestSize(file).toString(16) };
  // Tag 43609, one entry of path, SHA-256, size, executable: see `docs/formats/value.md`.
  const head = `d9aa598184${length}${text.toString('hex')}`;
  return Buffer.from(`${head}5820${hex}${size.padStart(2, '0')}f4`, 'hex');
}

test('D4 P4: a value that is none, or a folder that would not stay, is not believed', async () => {
  const file = digestOf('blob', 'abc');
  const refusal = async (bytes: Uint8Array): Promise<string> => {
    const value = { at: 'inline', bytes } as const;
    const held = { artifact: digestOf('blob', 'tar'), files: packDigests([file]) };
    const digest = digestOf('value', bytes);
    const made = traceOf('a', { outcome: { kind: 'result', digest, value, ...held } });
    return await refusalOf(await sharedEntry(contentOf(made), writer));
  };
  expect(await refusal(folderOf('stays', file))).toBe('none');
  for (const path of ['../escaped', '/escaped', 'a/../b', 'a\\b', 'a\0b', '']) {
    expect([path, await refusal(folderOf(path, file))]).toEqual([path, 'implausible']);
  }
  expect(await refusal(Buffer.from('ff', 'hex'))).toBe('implausible');
  expect(await refusal(Buffer.alloc(0))).toBe('implausible');
});

test('T4: a trace of a failure that is not its author’s is not believed', async () => {
  const bytes = encode({ kind: 'value', value: 1 });
  const digest = digestOf('value', bytes);
  const lost = traceOf('a', { outcome: { kind: 'error', digest, bytes, fault: 'lost' } });
  expect(await refusalOf(await sharedEntry(contentOf(lost), writer))).toBe('implausible');
});

test.each<readonly [string, Partial<Trace>]>([
  ['a negative time', { durationMs: -1 }],
  ['half an action', { action: 1.5 }],
  ['an impurity of no kind', { impurities: [{ kind: 'moon' as 'clock', what: 'x' }] }],
  ['files without an artifact', { outcome: withoutArtifact() }],
  ['a path with a zero byte', { waves: [[{ kind: 'file', path: 'a\0b', digest: null }]] }],
  [
    'a map with fewer outcomes than inputs',
    {
      waves: [
        [
          {
            kind: 'map',
            task: trace.task,
            inputs: packDigests([digestOf('value', 'x')]),
            outcomes: new Uint8Array(0),
            concurrency: 1,
            settled: false,
          },
        ],
      ],
    },
  ],
])('a trace with %s is not believed', async (_, more) => {
  const entry = await sharedEntry(contentOf(traceOf('a', more)), writer);
  expect(await refusalOf(entry)).toBe('implausible');
});

test('a trace with a log has to tell of it, and one without has none to tell', async () => {
  const log = { length: 1, digest: digestOf('log', 'x') };
  const silent = await sharedEntry(contentOf(traceOf('a', { log }), { log: null }), writer);
  expect(await refusalOf(silent)).toBe('implausible');
  const tail = { at: 'entry', chunks: [] } as const;
  const talking = await sharedEntry(contentOf(trace, { log: { segments: [], tail } }), writer);
  expect(await refusalOf(talking)).toBe('implausible');
});

test('what is larger than entries may be is not even opened', async () => {
  const entry = await sharedEntry(contentOf(trace), writer);
  const small = believing([[writer, TRUSTED_SCOPE]], {
    limits: { ...greetingOf().limits, entryBytes: entry.bytes.byteLength - 1 },
  });
  expect(await refusalOf(entry, small)).toBe('too-large');
});

test('what names no entry is malformed, and has no writer', async () => {
  const { key, id, scope } = await sharedEntry(contentOf(trace), writer);
  const some = [
    new Uint8Array(0),
    encode('entry'),
    encode([1, encode([]), null]),
    encode([2, encode([]), null, null]),
    encode([1, 'content', null, null]),
    encode([1, encode([]), writer.publicKey, null]),
    encode([1, encode([]), new Uint8Array(31), new Uint8Array(64)]),
  ];
  for (const bytes of some) {
    expect(await refusalOf({ key, id, scope, bytes })).toBe('malformed');
    expect(writerOf(bytes)).toBeUndefined();
  }
  expect(await refusalOf({ key, id, scope, bytes: await forged(key, id) })).toBe('malformed');
});

test('an id names what was observed, and neither the outcome nor the time', () => {
  const id = entryId(trace);
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(
    entryId(traceOf('a', { outcome: resultOf('other'), at: 1, durationMs: 9, run: 'r' })),
  ).toBe(id);
  const seen: Trace['waves'] = [[{ kind: 'file', path: 'a', digest: null }]];
  const log = { length: 1, digest: digestOf('log', 'x') };
  expect(
    new Set([id, entryId(traceOf('a', { waves: seen })), entryId(traceOf('a', { log }))]).size,
  ).toBe(3);
});

function withoutArtifact(): Trace['outcome'] {
  const outcome = filesOf('artifact', 'one');
  if (outcome.kind !== 'result') throw new Error('a result was expected');
  const { artifact: _, ...rest } = outcome;
  return rest;
}

async function fieldsOf(of: Trace): Promise<readonly unknown[]> {
  const { decode } = await import('@skein/values');
  const content = openEntry(await encodeEntry(contentOf(of), writer))?.content;
  return decode(content ?? new Uint8Array(0)) as readonly unknown[];
}
