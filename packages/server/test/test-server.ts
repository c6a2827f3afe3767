import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDepot, openObjects, type Depot, type ShareMode } from '@skein/store';
import type { LogLine } from '../src/log.ts';
import { DEFAULT_LIMITS, type ServerLimits } from '../src/server-limits.ts';
import type { ServedDepot } from '../src/service.ts';
import { openServing } from '../src/serving.ts';
import { send, type Answered, type Sent } from './client.ts';
import { clock, randomness } from './ports.ts';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly depot: Depot;
  readonly data: string;
  readonly log: readonly LogLine[];
  /** Requests that are worked on. */
  readonly inFlight: () => number;
  readonly connections: () => number;
  readonly send: (sent: Sent) => Promise<Answered>;
  readonly token: (scope: string, mode?: ShareMode) => Promise<string>;
}

export interface TestServerOptions {
  readonly data?: string;
  readonly limits?: Partial<ServerLimits>;
  /** What the server sees in place of the depot. */
  readonly depot?: (real: Depot) => ServedDepot;
}

/** A folder of its own, below that for temporary files. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'skein-server-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export async function openRealDepot(data: string, limits: ServerLimits): Promise<Depot> {
  const environment = process.env;
  const objects = await openObjects(data, { clock, randomness, environment });
  if (!objects.ok) throw new Error(objects.failure.headline);
  return openDepot(objects.value, { clock, randomness, limits });
}

/** A server in this process, on a socket of its own, over a real folder. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = temporaryFolder();
  const data = options.data ?? join(folder.path, 'data');
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const depot = await openRealDepot(data, limits);
  const log: LogLine[] = [];
  const { http, gate } = openServing(
    options.depot?.(depot) ?? depot,
    { limits, version: '0.0.0-test', keepForMs: undefined, maxSizeBytes: undefined, restarts: 0 },
    {
      clock,
      randomness,
      log: {
        write: (line) => void log.push(line),
        dropped: () => 0,
        flush: () => Promise.resolve(),
      },
      memory: () => process.memoryUsage(),
    },
  );
  await new Promise<void>((resolve) => {
    http.server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = http.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    depot,
    data,
    log,
    inFlight: () => gate.inside,
    connections: () => http.connections,
    send: (sent) => send(url, sent),
    token: (scope, mode = 'read-write') => makeToken(depot, scope, mode),
    async [Symbol.asyncDispose]() {
      await http.drain({ idleMs: 0, mostMs: 0 });
      folder[Symbol.dispose]();
    },
  };
}

export async function makeToken(depot: Depot, scope: string, mode: ShareMode): Promise<string> {
  const name = `${scope.replace('/', '-')}-${randomness.hex(4)}`;
  const made = await depot.tokens.create({ scope, mode, name });
  if (!made.ok) throw new Error(made.failure.headline);
  return made.value.text;
}
