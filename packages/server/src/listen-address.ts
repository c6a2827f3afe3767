import { isIP } from 'node:net';
import { fail, succeed, type Result } from '@skein/model';

/** Where a server listens. Port 0 lets the system choose. */
export interface ListenAddress {
  /** A name or an address, an IPv6 one without its brackets; empty for every address. */
  readonly host: string;
  readonly port: number;
}

/** What is listened on unless told otherwise. */
export const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 7337 };

const FORM = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]\s/@]*)):(?<port>[0-9]{1,5})$/;
const HIGHEST_PORT = 65_535;

/** Reads `host:port`, `:port` (every address) or `[v6]:port`; fails with `server-address`. */
export function readListen(text: string): Result<ListenAddress> {
  const parts = FORM.exec(text)?.groups;
  const port = Number(parts?.['port']);
  const six = parts?.['six'];
  if (parts === undefined || port > HIGHEST_PORT) return refuse(text);
  if (six !== undefined) return isIP(six) === 6 ? succeed({ host: six, port }) : refuse(text);
  const name = parts['name'] ?? '';
  return succeed({ host: name, port });
}

/** As a client writes it. */
export function addressText({ host, port }: ListenAddress): string {
  return isIP(host) === 6 ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function refuse(text: string): Result<ListenAddress> {
  return fail({
    code: 'server-address',
    kind: 'usage',
    headline: 'an address to listen on is expected',
    facts: [
      ['found', `"${text}"`],
      ['expected', '"host:port", ":port" or "[v6]:port"'],
    ],
    hint: `write "--listen ${DEFAULT_LISTEN.host}:${DEFAULT_LISTEN.port}"`,
  });
}
