import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { lookUpsOf, nodeModules } from './network.ts';
import type { Patches } from './patches.ts';

/** Addresses and names of the container itself. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost|(?:::ffff:)?127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?(?:::1|::)\]?)$/i;
const ADDRESS = /^[\d.]+$|:/;

type Call = (args: readonly unknown[], self: unknown) => unknown;

/**
 * In a container without a network whatever leads out of it fails at once, by the way that its
 * caller looks for errors, and says what to write. To be called before the network is tracked,
 * which looks at who calls.
 */
export function refuseNetwork(patches: Patches): void {
  const { dgram, dns, net } = nodeModules();
  const around = (holder: object, name: string, call: (own: Call) => Call): void =>
    patches.replace(holder, name, (own) => (typeof own === 'function' ? calling(own, call) : own));
  around(globalThis, 'fetch', (own) => (args, self) => {
    const host = hostOfUrl(args[0]);
    return isHere(host) ? own(args, self) : Promise.reject(unreachable(host, 'connect'));
  });
  around(net.Socket.prototype, 'connect', (own) => (args, self) => {
    const host = hostOfConnection(args);
    if (isHere(host)) return own(args, self);
    // Whoever connects goes on to prepare the socket, and listens for errors after that.
    process.nextTick(() => (self as Socket).destroy(unreachable(host, 'connect')));
    return self;
  });
  for (const name of ['connect', 'send']) {
    around(dgram.Socket.prototype, name, (own) => (args, self) => {
      const host = args.slice(1).find((it) => typeof it === 'string');
      if (isHere(host)) return own(args, self);
      throw unreachable(host, name);
    });
  }
  const holders = [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype];
  for (const holder of holders) {
    for (const name of lookUpsOf(holder)) {
      around(holder, name, (own) => (args, self) => {
        const host = typeof args[0] === 'string' ? args[0] : '';
        const isPlain = name.startsWith('lookup') && (ADDRESS.test(host) || host === '');
        return isPlain || isHere(host) ? own(args, self) : answer(args, unreachable(host, name));
      });
    }
  }
}

/** By callback where there is one, else by promise. */
function answer(args: readonly unknown[], error: Error): unknown {
  const told = args.at(-1);
  if (typeof told !== 'function') return Promise.reject(error);
  process.nextTick(told, error);
  return {};
}

/** The function itself to all appearances. */
function calling(own: object, call: (own: Call) => Call): object {
  const plain: Call = (args, self) => Reflect.apply(own as () => unknown, self, args);
  const instead = call(plain);
  return new Proxy(own, { apply: (_, self, args: unknown[]) => instead(args, self) });
}

/** What names no host is the container itself. */
function isHere(host: string | undefined): boolean {
  return host === undefined || LOOPBACK.test(host);
}

function hostOfUrl(input: unknown): string | undefined {
  try {
    const { protocol, hostname } = new URL(input instanceof Request ? input.url : String(input));
    return protocol === 'http:' || protocol === 'https:' ? hostname : undefined;
  } catch {
    // It is refused as what it is.
    return undefined;
  }
}

/** Of `connect(options)`, `connect(path)`, `connect(port, host)`, or of what Node made of one. */
function hostOfConnection(args: readonly unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { readonly path?: unknown; readonly host?: unknown };
    return path === undefined && typeof host === 'string' ? host : undefined;
  }
  const isPath = typeof first === 'string' && Number.isNaN(Number(first));
  return !isPath && typeof second === 'string' ? second : undefined;
}

function unreachable(host: string | undefined, syscall: string): Error {
  const message =
    `the container of this task has no network: "${host ?? ''}" cannot be reached; ` +
    'write "network: true" in the options of the task';
  const errno = -constants.errno.ENETUNREACH;
  return Object.assign(new Error(message), { code: 'ENETUNREACH', errno, syscall, hostname: host });
}
