import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fail, succeed, systemCode, type Result } from '@skein/model';
import { addressText, type ListenAddress } from './listen-address.ts';
import type { ServeIo } from './serve-options.ts';

/** The socket that is listened on. */
export interface Listener {
  readonly address: ListenAddress;
  readonly url: string;
  /** Whether systemd opened it, and keeps it open. */
  readonly isInherited: boolean;
  /** No further connections. */
  readonly close: () => void;
}

const FIRST_INHERITED = 3;
const BACKLOG = 4_096;

/**
 * Starts to listen, on the socket that systemd passes on, if it does. Connections come unread.
 * Fails with `server-address`.
 */
export async function openListener(
  listen: ListenAddress,
  io: Pick<ServeIo, 'environment' | 'pid'>,
  accept: (socket: Socket) => void,
): Promise<Result<Listener>> {
  const isInherited = inherits(io);
  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, accept);
  try {
    await listenOn(server, isInherited ? { fd: FIRST_INHERITED } : target(listen));
  } catch (error) {
    return refuse(listen, error);
  }
  const { address: host, port } = server.address() as AddressInfo;
  const address = { host, port };
  return succeed({
    address,
    url: addressText(address),
    isInherited,
    close: () => server.close(() => undefined),
  });
}

/** `sd_listen_fds(3)`: the variables may be meant for a parent of this process. */
function inherits({ environment, pid }: Pick<ServeIo, 'environment' | 'pid'>): boolean {
  const count = Number(environment['LISTEN_FDS'] ?? 0);
  return count >= 1 && environment['LISTEN_PID'] === String(pid);
}

type Target = { readonly fd: number } | { readonly port: number; readonly host?: string };

function target({ host, port }: ListenAddress): Target {
  return host === '' ? { port } : { host, port };
}

function listenOn(server: Server, where: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...where, backlog: BACKLOG }, () => {
      server.off('error', reject);
      // Too many open files, for one: the connection waits in the backlog.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function refuse({ host, port }: ListenAddress, error: unknown): Result<Listener> {
  const code = systemCode(error) ?? 'unknown';
  return fail({
    code: 'server-address',
    kind: 'environment',
    headline: 'the address cannot be listened on',
    facts: [
      ['address', `"${host}:${port}"`],
      ['reason', `"${code}"`],
    ],
    hint: HINTS[code] ?? 'choose another address with "--listen"',
  });
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there: stop it, or choose another port with "--listen"',
  EACCES: 'ports below 1024 need a privilege: choose another one, and let the proxy have that',
  EADDRNOTAVAIL: 'that is no address of this machine',
  ENOTFOUND: 'that name has no address',
};
