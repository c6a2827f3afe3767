import { fail, succeed, type Result } from '@skein/model';
import type { Socket } from 'node:net';
import { isLoopback } from './listen-address.ts';
import { openListener } from './listener.ts';
import type { ServeIo, Served, ServeOptions } from './serve-options.ts';
import { limitsOf } from './server-limits.ts';
import { Supervisor } from './supervisor.ts';

/**
 * Starts a cache server: this process keeps the socket, another one does the work, so that work
 * can crash or be replaced and no client is refused. Fails with `server-address`, `server-data`.
 */
export async function serve(options: ServeOptions, io: ServeIo): Promise<Result<Served>> {
  const { data, version, keepForMs, maxSizeBytes, logFormat = 'json' } = options;
  const limits = limitsOf(options);
  const child = { data, version, limits, logFormat, keepForMs, maxSizeBytes };
  const supervisor = new Supervisor({ entry: options.childEntry, child, say: io.say });
  const accept = (socket: Socket): void => supervisor.accept(socket);
  const listener = await openListener(options.listen, io, accept);
  if (!listener.ok) {
    supervisor.stop();
    return listener;
  }
  const { url, address, close } = listener.value;
  const started = await supervisor.start();
  if (!started.ok) {
    close();
    return fail(started.failure);
  }
  io.say(`listening on ${url}`);
  if (!isLoopback(address.host)) {
    io.say('other machines can reach it: tokens travel in the clear unless a proxy does TLS');
  }
  const stop = stopper(supervisor, () => {
    close();
    io.say(`stopping, within ${limits.stopMs / 1_000} s`);
  });
  const signals = [
    io.onSignal('SIGTERM', stop),
    io.onSignal('SIGINT', stop),
    io.onSignal('SIGHUP', () => void supervisor.reload()),
  ];
  const done = supervisor.done.finally(() => {
    for (const forget of signals) forget();
  });
  return succeed({ url, reload: () => supervisor.reload(), stop, done });
}

/** The first time it waits for what is in flight, the second time it does not. */
function stopper(supervisor: Supervisor, close: () => void): () => void {
  let stopping = false;
  return () => {
    if (stopping) {
      supervisor.kill();
      return;
    }
    stopping = true;
    close();
    supervisor.stop();
  };
}
