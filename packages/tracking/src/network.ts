import type { ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { Patches } from './patches.ts';
import type { Reporter } from './report-impurity.ts';

/**
 * Has every way to the network reported (O8), Unix sockets included: at prototypes, which all
 * libraries come to, and where a connection that another action opened is used again.
 */
export function trackNetwork(patches: Patches, reporter: Reporter): void {
  const network = (holder: object, called: string, names: readonly string[]): void => {
    for (const name of names) {
      const what = called === '' ? name : `${called}.${name}()`;
      patches.beforeCall(holder, name, () => reporter.impure('network', what));
    }
  };
  const { dgram, dns, http, net } = nodeModules();
  network(globalThis, '', ['fetch', 'WebSocket', 'EventSource']);
  patches.beforeCall(http.Agent.prototype, 'addRequest', () =>
    reporter.impure('network', 'http.request()'),
  );
  network(net.Server.prototype, 'server', ['listen']);
  network(dgram.Socket.prototype, 'dgram', ['bind', 'connect', 'connectSync', 'bindSync', 'send']);
  network(dns, 'dns', lookUpsOf(dns));
  network(dns.promises, 'dns.promises', lookUpsOf(dns.promises));
  for (const { Resolver } of [dns, dns.promises]) {
    network(Resolver.prototype, 'resolver', lookUpsOf(Resolver.prototype));
  }
  trackSockets(patches, reporter);
  trackSessions(patches, reporter);
}

/** Not by `import`: that reads everything a module offers, and `http` then loads all of `fetch`. */
export function nodeModules() {
  return {
    dgram: process.getBuiltinModule('node:dgram'),
    dns: process.getBuiltinModule('node:dns'),
    http: process.getBuiltinModule('node:http'),
    http2: process.getBuiltinModule('node:http2'),
    net: process.getBuiltinModule('node:net'),
  };
}

/** Look-ups; the rest of what `dns` offers only sets something. */
export function lookUpsOf(holder: object): readonly string[] {
  return Object.getOwnPropertyNames(holder).filter((it) => /^(?:lookup|resolve|reverse)/.test(it));
}

/** Sockets count once they have a way out: the worker's own channel and its output do not. */
function trackSockets(patches: Patches, { impure, unlessTold }: Reporter): void {
  const { net } = nodeModules();
  const connected = new WeakSet();
  patches.beforeCall(net.Socket.prototype, 'connect', (_, socket) => {
    impure('network', 'net.connect()');
    connected.add(socket as Socket);
  });
  patches.beforeCall(net.Socket.prototype, '_writeGeneric', (_, socket) => {
    if (connected.has(socket as Socket)) unlessTold('network', 'socket.write()');
  });
}

/** Sessions of HTTP/2 write past their sockets; their class shows only in an instance. */
function trackSessions(patches: Patches, { impure, unlessTold }: Reporter): void {
  const { http2 } = nodeModules();
  let isTracked = false;
  patches.replace(http2, 'connect', (own) => {
    return new Proxy(own as typeof connect, {
      apply: (target, self, args) => {
        impure('network', 'http2.connect()');
        const session = Reflect.apply(target, self, args) as ClientHttp2Session;
        if (!isTracked) {
          isTracked = true;
          const before = (): void => unlessTold('network', 'session.request()');
          patches.beforeCall(Object.getPrototypeOf(session) as object, 'request', before);
        }
        return session;
      },
    });
  });
}
