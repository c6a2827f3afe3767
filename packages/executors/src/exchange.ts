import type { AttemptHost, CallReply } from './executor.ts';
import type { DurableAnswer, DurableRequest, FromWorker } from './message.ts';
import type { PoolAttempt, WorkerSeat } from './worker-seat.ts';

/** Outcomes of a bulk map go in pieces, so that others get through between them. */
const REPLIES_IN_A_FRAME = 500;

/** What an attempt in a worker asks, or tells about itself. */
export type AttemptMessage = Extract<
  FromWorker,
  {
    kind: 'call' | 'map' | 'abandon' | 'log' | 'progress' | 'artifact-request' | 'durable';
  }
>;

/** Hands an attempt's request to its host, and the answer back to the worker. */
export function exchange(
  seat: WorkerSeat,
  attempt: PoolAttempt,
  message: AttemptMessage,
): Promise<void> | undefined {
  const { host } = attempt;
  switch (message.kind) {
    case 'call':
      return call(seat, attempt, message.request);
    case 'map':
      return map(seat, attempt, message.request);
    case 'abandon':
      seat.callClosed(attempt, message.call);
      host.abandon(message.call);
      return undefined;
    case 'log':
      host.logged(message.stream, message.text);
      return undefined;
    case 'progress':
      host.progressed(message.done, message.total);
      return undefined;
    case 'artifact-request':
      return findArtifact(seat, attempt, message);
    case 'durable':
      return answer(seat, attempt, message);
  }
}

async function answer(
  seat: WorkerSeat,
  attempt: PoolAttempt,
  { id, request, asked }: Extract<FromWorker, { kind: 'durable' }>,
): Promise<void> {
  // What a checkpoint or snapshot names of the process's log is told before it is recorded (D1).
  if (asked.what === 'checkpointed' || asked.what === 'snapshot-saved') seat.tellLog(attempt.host);
  const answered = await askRecord(attempt.host, asked);
  seat.process.send({ kind: 'durable-answer', id, request, answer: answered });
}

async function askRecord(host: AttemptHost, asked: DurableRequest): Promise<DurableAnswer> {
  switch (asked.what) {
    case 'checkpoint':
      return await host.checkpoint(asked.call);
    case 'checkpointed':
      await host.checkpointed(asked.ended);
      return null;
    case 'snapshot':
      return await host.snapshot();
    case 'snapshot-saved':
      await host.snapshotSaved(asked.snapshot);
      return null;
  }
}

type RequestOf<K extends FromWorker['kind']> =
  Extract<FromWorker, { kind: K }> extends {
    request: infer R;
  }
    ? R
    : never;

async function call(
  seat: WorkerSeat,
  attempt: PoolAttempt,
  request: RequestOf<'call'>,
): Promise<void> {
  seat.callOpened(attempt, request);
  const reply = await attempt.host.call(request);
  if (!seat.callClosed(attempt, request.call)) return;
  seat.process.send({ kind: 'reply', id: attempt.id, call: request.call, reply });
}

async function map(
  seat: WorkerSeat,
  attempt: PoolAttempt,
  request: RequestOf<'map'>,
): Promise<void> {
  seat.callOpened(attempt, request);
  const replies = await attempt.host.map(request);
  if (!seat.callClosed(attempt, request.call)) return;
  for (const { part, last } of partsOf(replies)) {
    const { id } = attempt;
    seat.process.send({ kind: 'map-reply', id, call: request.call, replies: part, last });
  }
}

function* partsOf(
  replies: readonly CallReply[],
): Generator<{ readonly part: readonly CallReply[]; readonly last: boolean }> {
  let start = 0;
  do {
    const end = start + REPLIES_IN_A_FRAME;
    yield { part: replies.slice(start, end), last: end >= replies.length };
    start = end;
  } while (start < replies.length);
}

async function findArtifact(
  seat: WorkerSeat,
  attempt: PoolAttempt,
  { request, file }: Extract<FromWorker, { kind: 'artifact-request' }>,
): Promise<void> {
  const artifact = (await attempt.host.artifactOf(file)) ?? null;
  seat.process.send({ kind: 'artifact', request, artifact });
}
