import type { Digest } from '@skein/values';
import type { Fault, LogChunk, LogPrefix, Outcome } from '@skein/model';
import type { AttemptResult, CallReply } from './executor.ts';
import type { Fields } from './message-stream.ts';
import type { FromWorker, ToWorker } from './message.ts';

/**
 * The wire form of messages: small arrays that begin with a number, in the encoding of values;
 * encoded values travel in them as byte strings. Both ends are always of one version of Skein,
 * so the form is stored nowhere and has no version.
 */
const LOAD = 0;
const RUN = 1;
const REPLY = 2;
const MAP_REPLY = 3;
const CANCEL = 4;
const RECALL = 5;
const ARTIFACT = 6;
const DURABLE_ANSWER = 7;
const CUSTODY_ANSWER = 8;

const READY = 0;
const LOAD_FAILED = 1;
const STARTED = 2;
const RETURNED = 3;
const CALL = 4;
const MAP = 5;
const ABANDON = 6;
const DONE = 7;
const LOG = 8;
const PROGRESS = 9;
const ARTIFACT_REQUEST = 10;
const EXTENDED = 11;
const WROTE = 12;
const DURABLE = 13;
const CUSTODY = 14;

const RESULT = 0;
const ERROR = 1;
const SKIPPED = 2;

export function packToWorker(message: ToWorker): Fields {
  switch (message.kind) {
    case 'load':
      return [LOAD, message];
    case 'run': {
      const { run, action, attempt, task, args, retains, strict } = message.order;
      const { id, limit, prompt } = message;
      return [RUN, id, run, action, attempt, task, args, retains, strict, limit, prompt];
    }
    case 'reply':
      return [REPLY, message.id, message.call, packReply(message.reply)];
    case 'map-reply': {
      const { id, call, last } = message;
      return [MAP_REPLY, id, call, message.replies.map(packReply), last];
    }
    case 'cancel':
      return [CANCEL, message.id, message.reason];
    case 'recall':
      return [RECALL, message.count];
    case 'artifact':
      return [ARTIFACT, message.request, message.artifact];
    case 'durable-answer':
      return [DURABLE_ANSWER, message.id, message.request, message.answer];
    case 'custody-answer':
      return [CUSTODY_ANSWER, message.request, message.answer];
  }
}

export function unpackToWorker(parts: Fields): ToWorker {
  switch (parts[0]) {
    case LOAD:
      return parts[1] as ToWorker;
    case RUN: {
      const [, id, run, action, attempt, task, args, ...rest] = parts as never[];
      const [retains, strict, limit, prompt] = rest;
      const order = { run, action, attempt, task, args, retains, strict };
      return { kind: 'run', id, order, limit, prompt } as never;
    }
    case REPLY: {
      const [, id, call, reply] = parts as [number, number, number, Fields];
      return { kind: 'reply', id, call, reply: unpackReply(reply) };
    }
    case MAP_REPLY: {
      const [, id, call, packed, last] = parts as [number, number, number, Fields[], boolean];
      return { kind: 'map-reply', id, call, replies: packed.map(unpackReply), last };
    }
    case CANCEL: {
      const [, id, reason] = parts as [number, number, 'timeout' | 'cancelled'];
      return { kind: 'cancel', id, reason };
    }
    case RECALL:
      return { kind: 'recall', count: parts[1] as number };
    case ARTIFACT: {
      const [, request, artifact] = parts as [number, number, Digest | null];
      return { kind: 'artifact', request, artifact };
    }
    case DURABLE_ANSWER: {
      const [, id, request, answer] = parts as [number, number, number, never];
      return { kind: 'durable-answer', id, request, answer };
    }
    case CUSTODY_ANSWER:
      return { kind: 'custody-answer', request: parts[1] as number, answer: parts[2] as never };
    default:
      throw new TypeError(`no message to a worker begins with ${String(parts[0])}`);
  }
}

export function packFromWorker(message: FromWorker): Fields {
  switch (message.kind) {
    case 'ready':
      return [READY, message.report];
    case 'load-failed':
      return [LOAD_FAILED, message.failure];
    case 'started':
      return [STARTED, message.id];
    case 'returned':
      return [RETURNED, message.ids];
    case 'call': {
      const { call, task, args, override, groups, abortable } = message.request;
      return [CALL, message.id, call, task, args, override, groups, abortable];
    }
    case 'map':
      return [MAP, message.id, message.request];
    case 'abandon':
      return [ABANDON, message.id, message.call];
    case 'done':
      return [DONE, message.id, ...packResult(message.result)];
    case 'log':
      return [LOG, message.id, message.stream, message.text];
    case 'progress':
      return [PROGRESS, message.id, message.done, message.total];
    case 'artifact-request':
      return [ARTIFACT_REQUEST, message.id, message.request, message.file];
    case 'extended':
      return [EXTENDED, message.chunk];
    case 'wrote':
      return [WROTE, message.id, message.path];
    case 'durable':
      return [DURABLE, message.id, message.request, message.asked];
    case 'custody':
      return [CUSTODY, message.id, message.request, message.asked];
  }
}

export function unpackFromWorker(parts: Fields): FromWorker {
  const id = parts[1] as number;
  switch (parts[0]) {
    case READY:
      return { kind: 'ready', report: parts[1] as never };
    case LOAD_FAILED:
      return { kind: 'load-failed', failure: parts[1] as never };
    case STARTED:
      return { kind: 'started', id };
    case RETURNED:
      return { kind: 'returned', ids: parts[1] as number[] };
    case CALL: {
      const [, , call, task, args, override, groups, abortable] = parts as never[];
      const request = { call, task, args, override, groups, abortable } as never;
      return { kind: 'call', id, request };
    }
    case MAP:
      return { kind: 'map', id, request: parts[2] as never };
    case ABANDON:
      return { kind: 'abandon', id, call: parts[2] as number };
    case DONE:
      return { kind: 'done', id, result: unpackResult(parts) };
    case LOG:
      return { kind: 'log', id, stream: parts[2] as 'stdout', text: parts[3] as string };
    case PROGRESS:
      return { kind: 'progress', id, done: parts[2] as number, total: parts[3] as number };
    case ARTIFACT_REQUEST:
      return {
        kind: 'artifact-request',
        id,
        request: parts[2] as number,
        file: parts[3] as Digest,
      };
    case EXTENDED:
      return { kind: 'extended', chunk: parts[1] as LogChunk };
    case WROTE:
      return { kind: 'wrote', id, path: parts[2] as string };
    case DURABLE:
      return { kind: 'durable', id, request: parts[2] as number, asked: parts[3] as never };
    case CUSTODY:
      return { kind: 'custody', id, request: parts[2] as number, asked: parts[3] as never };
    default:
      throw new TypeError(`no message of a worker begins with ${String(parts[0])}`);
  }
}

function packReply(reply: CallReply): Fields {
  return reply.kind === 'skipped' ? [SKIPPED] : packOutcome(reply.outcome);
}

function unpackReply(packed: Fields): CallReply {
  if (packed[0] === SKIPPED) return { kind: 'skipped' };
  return { kind: 'outcome', outcome: unpackOutcome(packed) };
}

function packOutcome(outcome: Outcome): Fields {
  if (outcome.kind === 'error') {
    return [ERROR, outcome.digest, outcome.bytes, outcome.fault, outcome.unrecoverable];
  }
  const { digest, value, artifact, files } = outcome;
  if (value.at === 'inline' && artifact === undefined) return [RESULT, digest, value.bytes];
  const place = value.at === 'inline' ? value.bytes : value.artifact;
  return [RESULT, digest, place, artifact, files];
}

function unpackOutcome(packed: Fields): Outcome {
  if (packed[0] === ERROR) {
    const [, digest, bytes, fault, unrecoverable] = packed as [
      number,
      Digest,
      Uint8Array,
      Fault,
      true | undefined,
    ];
    const error = { kind: 'error', digest, bytes, fault } as const;
    return unrecoverable === true ? { ...error, unrecoverable } : error;
  }
  const [, digest, place, artifact, files] = packed as [
    number,
    Digest,
    Uint8Array | Digest,
    Digest | undefined,
    Uint8Array | undefined,
  ];
  const value =
    typeof place === 'string'
      ? ({ at: 'artifact', artifact: place } as const)
      : ({ at: 'inline', bytes: place } as const);
  return {
    kind: 'result',
    digest,
    value,
    ...(artifact === undefined ? {} : { artifact }),
    ...(files === undefined ? {} : { files }),
  };
}

function packResult(result: AttemptResult): Fields {
  switch (result.kind) {
    case 'ended': {
      const { outcome, waves, log, impurities, untraceable, durationMs } = result;
      return ['ended', packOutcome(outcome), waves, log, impurities, untraceable, durationMs];
    }
    case 'stopped':
      return ['stopped', result.reason];
    case 'lost':
      return ['lost', result.cause, result.message];
  }
}

function unpackResult(parts: Fields): AttemptResult {
  const [, , kind, ...rest] = parts;
  if (kind === 'stopped') return { kind, reason: rest[0] as 'timeout' };
  if (kind === 'lost') return { kind, cause: rest[0] as 'crash', message: rest[1] as string };
  const [packed, waves, log, impurities, untraceable, durationMs] = rest;
  return {
    kind: 'ended',
    outcome: unpackOutcome(packed as Fields),
    waves: waves as never,
    log: log as LogPrefix | null,
    impurities: impurities as never,
    ...(untraceable === undefined ? {} : { untraceable: untraceable as string }),
    durationMs: durationMs as number,
  };
}
