import type { Socket } from 'node:net';
import { write } from 'node:fs';
import { promisify } from 'node:util';
import type { Clock, Randomness } from '@skein/model';
import { openDepot, openObjects } from '@skein/store';
import type { ChildOptions, FromChild, ToChild } from './child-message.ts';
import type { HttpServer } from './http-server.ts';
import { JsonLog, NO_LOG, type Log, type WriteSome } from './log.ts';
import { openServing } from './serving.ts';

/** The world of a serving process. */
export interface ServeChildIo {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** With a channel to the supervisor. */
  readonly process: NodeJS.Process;
}

const STDOUT = 1;
const RETRY_MS = 10;
const ORPHAN = { idleMs: 1_000, mostMs: 30_000 };

/**
 * What the module of a `ChildEntry` does: serves the connections that the supervisor sends, until
 * that says stop, or is gone. Settles with the code that the process has to exit with then.
 */
export async function serveChild(io: ServeChildIo): Promise<number> {
  const { process } = io;
  // A terminal, and systemd, signal every process; only the supervisor says when this one ends.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => undefined);
  }
  const options = await told(process);
  if (options === undefined) return 1;
  const log: Log = options.logFormat === 'json' ? new JsonLog(writeOut) : NO_LOG;
  const objects = await openObjects(options.data, {
    clock: io.clock,
    randomness: io.randomness,
    environment: process.env,
    timeoutMs: options.limits.storageMs,
  });
  if (!objects.ok) {
    await tell(process, { kind: 'failed', failure: objects.failure });
    return 1;
  }
  const { clock, randomness } = io;
  const depot = openDepot(objects.value, { clock, randomness, limits: options.limits });
  const memory = () => process.memoryUsage();
  const { http, upkeep } = openServing(depot, options, { clock, randomness, log, memory });
  http.start();
  const drained = hear(process, http);
  await tell(process, { kind: 'ready' });
  void upkeep.start();
  const outcome = await drained;
  upkeep.stop();
  await log.flush();
  await tell(process, { kind: 'drained', outcome });
  return outcome === 'ended' ? 0 : 1;
}

/** The first message; `undefined` where the supervisor went away before. */
function told(process: NodeJS.Process): Promise<ChildOptions | undefined> {
  return new Promise((resolve) => {
    process.once('message', (message) => {
      const first = message as ToChild;
      resolve(first.kind === 'start' ? first.options : undefined);
    });
    process.once('disconnect', () => resolve(undefined));
    if (!process.connected) resolve(undefined);
  });
}

/** Settles once it is drained. */
function hear(process: NodeJS.Process, http: HttpServer): Promise<'ended' | 'cut'> {
  return new Promise((resolve) => {
    process.on('message', (message, handle) => {
      const said = message as ToChild;
      switch (said.kind) {
        case 'connection':
          void tell(process, { kind: 'taken', id: said.id });
          // `undefined` where the client was gone before it came here.
          if (handle !== undefined && handle !== null) http.adopt(handle as Socket);
          break;
        case 'drain':
          resolve(http.drain(said.draining));
          break;
        case 'ping':
          void tell(process, { kind: 'pong' });
          break;
        case 'start':
          break;
      }
    });
    process.once('disconnect', () => resolve(http.drain(ORPHAN)));
  });
}

/** Settles when it is on its way, or nobody is there to hear it. */
function tell(process: NodeJS.Process, message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

const writeAsync = promisify(write);

/** Not by `process.stdout`: that blocks the whole process where nobody reads a pipe. */
const writeOut: WriteSome = async (bytes) => {
  try {
    return (await writeAsync(STDOUT, bytes)).bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return 0;
  }
};
