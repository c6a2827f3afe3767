import type { Call } from './call.ts';
import { deliver } from './deliver.ts';
import type { Endpoint, Protocol } from './endpoint.ts';
import { isExcess } from './excess.ts';
import type { Service } from './service.ts';
import { troubleOf, type Trouble } from './trouble.ts';

export interface Responding {
  readonly service: Service;
  readonly protocol: Protocol;
  readonly answer: Endpoint['answer'];
}

const TOO_MUCH: Trouble = { code: 'too-many', message: 'too much at a time', isBug: false };
/** A client that went away before it was answered: the status by which others log that. */
const CLIENT_GONE = 499;

/** Answers a request, whatever happens on the way. Never rejects. */
export async function respond(call: Call, responding: Responding): Promise<void> {
  const { service, protocol } = responding;
  const startedAt = service.clock.elapsed();
  call.outgoing.once('close', () => note(call, service, service.clock.elapsed() - startedAt));
  const { socket } = call.incoming;
  if (isExcess(socket)) {
    call.outgoing.setHeader('connection', 'close');
    if (protocol.gated) return await refuse(call, responding, TOO_MUCH);
  }
  if (!protocol.gated) return await attempt(call, responding);
  if (!(await service.gate.enter(call.signal))) return await refuse(call, responding, TOO_MUCH);
  try {
    await attempt(call, responding);
  } finally {
    service.gate.leave();
  }
}

async function attempt(call: Call, responding: Responding): Promise<void> {
  try {
    await deliver(call, await responding.answer(call), responding.service.limits);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.isBug && !call.signal.aborted) report(error, call, responding.service);
    await refuse(call, responding, trouble);
  } finally {
    linger(call, responding.service.limits.lingerMs);
  }
}

/** Where even the refusal cannot be sent, the connection is cut. */
async function refuse(call: Call, responding: Responding, trouble: Trouble): Promise<void> {
  const { outgoing, record } = call;
  record.trouble ??= trouble.code;
  record.cause ??= trouble.cause;
  try {
    if (outgoing.headersSent) outgoing.destroy();
    else await deliver(call, responding.protocol.refuse(call, trouble), responding.service.limits);
  } catch (error) {
    report(error, call, responding.service);
    outgoing.destroy();
  }
}

/**
 * What a client still sends after its answer is read and dropped for a while: cut at once, many
 * clients would see a broken connection instead of the answer.
 */
function linger({ incoming, outgoing }: Call, ms: number): void {
  if (incoming.complete || incoming.destroyed) return;
  const { socket } = incoming;
  const timer = setTimeout(() => socket.destroy(), ms);
  const end = (): void => clearTimeout(timer);
  incoming.once('end', end).once('close', end);
  socket.once('close', end);
  if (outgoing.destroyed) end();
  else incoming.resume();
}

function report(error: unknown, { record, incoming }: Call, service: Service): void {
  service.log.write({
    time: new Date(service.clock.now()).toISOString(),
    level: 'error',
    method: incoming.method,
    route: record.route,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}

function note({ incoming, outgoing, record }: Call, service: Service, ms: number): void {
  const status = outgoing.headersSent ? outgoing.statusCode : CLIENT_GONE;
  const method = incoming.method ?? '';
  const { route, bytesIn, bytesOut, token } = record;
  service.metrics.request({ method, route, status, seconds: ms / 1_000, bytesIn, bytesOut });
  const cut = outgoing.writableFinished ? undefined : true;
  service.log.write({
    time: new Date(service.clock.now()).toISOString(),
    level: 'info',
    method,
    route,
    status,
    ms: Math.round(ms * 10) / 10,
    in: bytesIn,
    out: bytesOut,
    token,
    trouble: record.trouble,
    cause: record.cause,
    cut,
  });
}
