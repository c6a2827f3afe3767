import { chmodSync, chownSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { ContainerUser } from './dialect.ts';

const SOCKET = 'channel';

/** Waits for one worker, and listens to nobody after it. */
export interface Channel {
  /** The worker's end; rejects when closed before it came. */
  readonly connected: Promise<Socket>;
  /** The socket's name in the folder. */
  readonly name: string;
  /** Whoever comes from here on finds nobody. */
  close: () => void;
}

/**
 * Listens in a folder, which is made and belongs to `owner` alone. A socket's path is short: the
 * folder is named by its descriptor.
 */
export function listen(folder: string, owner: ContainerUser | undefined): Channel {
  mkdirSync(folder, { mode: 0o700 });
  const descriptor = openSync(folder, 'r');
  const path = `/proc/self/fd/${descriptor}/${SOCKET}`;
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const server = createServer({ pauseOnConnect: false });
  let isOpen = true;
  const close = (reason: Error): void => {
    if (!isOpen) return;
    isOpen = false;
    server.close();
    closeSync(descriptor);
    rmSync(join(folder, SOCKET), { force: true });
    reject(reason);
  };
  server.once('connection', (socket: Socket) => {
    resolve(socket);
    close(new Error('the worker is there'));
  });
  server.once('error', close);
  bind(server, { path, folder, owner });
  promise.catch(() => undefined);
  return {
    connected: promise,
    name: SOCKET,
    close: () => close(new Error('the worker ended before it was there')),
  };
}

interface Binding {
  readonly path: string;
  readonly folder: string;
  readonly owner: ContainerUser | undefined;
}

/** It is bound when this returns: the worker may be started. */
function bind(server: Server, { path, folder, owner }: Binding): void {
  server.listen(path);
  const socket = join(folder, SOCKET);
  chmodSync(socket, 0o600);
  if (owner === undefined) return;
  chownSync(socket, owner.uid, owner.gid);
  chownSync(folder, owner.uid, owner.gid);
}
