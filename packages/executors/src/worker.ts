import { enableCompileCache } from 'node:module';
import { connect, Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import * as sdk from '@skein/sdk';
import { ourselves } from './attribution.ts';
import { MessageReader, MessageStream } from './message-stream.ts';
import type { FromWorker } from './message.ts';
import type { SdkModule } from './module-hooks.ts';
import { packFromWorker, unpackToWorker } from './protocol.ts';
import { Spinner } from './spinner.ts';
import { WorkerSession } from './worker-session.ts';

/** Where no socket is named, the coordinator is at the other end of this descriptor. */
const CHANNEL = 3;

/**
 * Makes this process a worker: what the entry module of worker processes calls. `skein` is the
 * namespace of the module that authors import under that name.
 */
export function startWorker(skein: SdkModule = sdk): void {
  ourselves(() => start(skein));
}

function start(skein: SdkModule): void {
  // They were set for the start of this process; what authors see is made (O6).
  const { NODE_COMPILE_CACHE: cache, SKEIN_CHANNEL: path } = process.env;
  delete process.env['NODE_COMPILE_CACHE'];
  delete process.env['SKEIN_CHANNEL'];
  if (cache !== undefined) enableCompileCache();
  const leave = process.exit.bind(process);
  const socket = path === undefined ? new Socket({ fd: CHANNEL }) : connect(path);
  const stream = new MessageStream(socket);
  // Taken before the clock is watched.
  const elapsed = performance.now.bind(performance);
  const mayTurn = availableParallelism() > 1;
  const spinner = new Spinner({ elapsed, mayTurn: () => mayTurn && session.isIdle });
  const send = (message: FromWorker): void => {
    // It is sent while an action runs, and is none of what the action does.
    ourselves(() => stream.send(packFromWorker(message)));
    if (message.kind === 'call' || message.kind === 'done') spinner.expect();
  };
  const flush = (): void => ourselves(() => stream.flush());
  const session = new WorkerSession({ send, flush, elapsed, skein, leave });
  const reader = new MessageReader((fields) => session.receive(unpackToWorker(fields)));
  socket.on('data', (chunk: Buffer) => {
    spinner.arrived();
    session.beginTurn();
    reader.push(chunk);
  });
  // Nobody is left to work for.
  socket.on('close', () => leave(0));
  socket.on('error', () => leave(0));
}
