import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { chunkAfter } from '@skein/model';
import { digestOf } from '@skein/values';
import type { AttemptResult, CallReply } from './executor.ts';
import { MessageReader, MessageStream } from './message-stream.ts';
import type { Fields } from './message-stream.ts';
import type { FromWorker, ToWorker } from './message.ts';
import { packFromWorker, packToWorker, unpackFromWorker, unpackToWorker } from './protocol.ts';

const bytes = new Uint8Array([1, 2, 3]);
const digest = digestOf('value', bytes);
const chunk = chunkAfter({ length: 2, digest }, [{ kind: 'file', path: 'a.txt', digest: null }]);
const error = { kind: 'error', digest, bytes, fault: 'author' } as const;
const result = { kind: 'result', digest, value: { at: 'inline', bytes } } as const;
const observed = {
  waves: [[{ kind: 'file', path: 'a.txt', digest }]],
  log: { length: 3, digest },
  impurities: [{ kind: 'clock', what: 'Date.now' }],
  untraceable: 'because',
} as const;
const checkpoint = { checkpoint: 'a.ts#c' as never, args: digest, count: 1 };
const replies: readonly CallReply[] = [
  { kind: 'outcome', outcome: { kind: 'result', digest, value: { at: 'inline', bytes } } },
  {
    kind: 'outcome',
    outcome: {
      kind: 'result',
      digest,
      value: { at: 'artifact', artifact: digest },
      artifact: digest,
      files: bytes,
    },
  },
  { kind: 'outcome', outcome: error },
  { kind: 'outcome', outcome: { ...error, unrecoverable: true } },
  { kind: 'skipped' },
];

const results: readonly AttemptResult[] = [
  {
    kind: 'ended',
    outcome: error,
    waves: [[{ kind: 'variable', name: 'A', digest: null }]],
    log: { length: 3, digest },
    impurities: [{ kind: 'clock', what: 'Date.now' }],
    untraceable: 'because',
    durationMs: 1.5,
  },
  { kind: 'ended', outcome: error, waves: [], log: null, impurities: [], durationMs: 0 },
  { kind: 'stopped', reason: 'timeout' },
  { kind: 'lost', cause: 'disk-full', message: 'no room' },
];

const toWorker: readonly ToWorker[] = [
  {
    kind: 'load',
    bundle: { digest, path: '/b.mjs', root: '/r', entry: 'a.ts', cwd: '/r' },
    state: '/s',
    scratch: '/t',
    hidden: { A: '1' },
    path: '/bin',
    invisible: '/w/.skein',
    sync: true,
    passThrough: ['csv'],
    secrets: ['S'],
    container: { outbox: '/t/o', mounts: ['/r'], network: false, cpuLimited: true, drop: ['TERM'] },
  },
  {
    kind: 'run',
    id: 7,
    order: {
      run: 'r',
      action: 1,
      attempt: 2,
      task: 'a.ts#t' as never,
      args: [bytes, null],
      retains: true,
      strict: false,
    },
    limit: 16,
    prompt: true,
  },
  ...replies.map((reply): ToWorker => ({ kind: 'reply', id: 1, call: 2, reply })),
  { kind: 'map-reply', id: 1, call: 2, replies, last: true },
  { kind: 'cancel', id: 3, reason: 'cancelled' },
  { kind: 'recall', count: 12 },
  { kind: 'artifact', request: 1, artifact: null },
  { kind: 'custody-answer', request: 3, answer: { ok: true, value: '/s/files/a' } },
  { kind: 'durable-answer', id: 1, request: 2, answer: null },
  { kind: 'durable-answer', id: 1, request: 2, answer: { outcome: error, observed } },
  { kind: 'durable-answer', id: 1, request: 2, answer: { value: result, observed } },
];

const request = { task: 'a.ts#t' as never, override: undefined, groups: ['g'] };
const fromWorker: readonly FromWorker[] = [
  { kind: 'ready', report: { rows: [], log: chunk } },
  {
    kind: 'load-failed',
    failure: { code: 'task-load-failed', kind: 'diagnostic', headline: 'h', facts: [['a', 'b']] },
  },
  { kind: 'started', id: 1 },
  { kind: 'returned', ids: [3, 2] },
  { kind: 'call', id: 1, request: { call: 1, args: [bytes, null], ...request } },
  {
    kind: 'map',
    id: 1,
    request: { call: 1, items: [bytes], concurrency: 4, settled: true, ...request },
  },
  { kind: 'abandon', id: 1, call: 2 },
  ...results.map((result): FromWorker => ({ kind: 'done', id: 1, result })),
  { kind: 'log', id: 1, stream: 'stderr', text: 'x' },
  { kind: 'progress', id: 1, done: 3, total: undefined },
  { kind: 'extended', chunk },
  { kind: 'wrote', id: 1, path: 'out/a.txt' },
  { kind: 'artifact-request', id: 1, request: 4, file: digest },
  { kind: 'custody', id: 0, request: 4, asked: { what: 'keep-file', name: 'file-1', digest } },
  {
    kind: 'custody',
    id: 1,
    request: 5,
    asked: { what: 'lay-out-dir', entries: [{ path: 'a', size: 3, digest, executable: true }] },
  },
  { kind: 'durable', id: 1, request: 2, asked: { what: 'checkpoint', call: checkpoint } },
  {
    kind: 'durable',
    id: 1,
    request: 3,
    asked: {
      what: 'checkpointed',
      ended: { ...checkpoint, outcome: error, observed, durationMs: 1.5 },
    },
  },
  { kind: 'durable', id: 1, request: 4, asked: { what: 'snapshot' } },
  {
    kind: 'durable',
    id: 1,
    request: 5,
    asked: { what: 'snapshot-saved', snapshot: { value: result, observed } },
  },
];

/** Through the stream and back. */
function sent(messages: readonly Fields[]): readonly Fields[] {
  const pipe = new PassThrough({ highWaterMark: 1 << 26 });
  const stream = new MessageStream(pipe);
  for (const message of messages) stream.send(message);
  stream.flush();
  const seen: Fields[] = [];
  const reader = new MessageReader((message) => seen.push(message));
  for (let chunk = pipe.read() as Buffer | null; chunk !== null; chunk = pipe.read()) {
    reader.push(chunk);
  }
  return seen;
}

/** Byte strings come as views, which compare by their class too. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

test('every message to a worker arrives as it was sent', () => {
  const seen = sent(toWorker.map(packToWorker)).map(unpackToWorker);
  expect(seen.map(plain)).toEqual(toWorker.map(plain));
});

test('every message of a worker arrives as it was sent', () => {
  const seen = sent(fromWorker.map(packFromWorker)).map(unpackFromWorker);
  expect(seen.map(plain)).toEqual(fromWorker.map(plain));
});

test('thousands of messages, small and large, keep their order', () => {
  const messages = Array.from({ length: 3000 }, (_, index) =>
    index % 500 === 0 ? [index, new Uint8Array(300_000)] : [index],
  );
  expect(sent(messages).map(([index]) => index)).toEqual(messages.map(([index]) => index));
});
