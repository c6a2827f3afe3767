import type { Clock, Randomness } from '@skein/model';
import { createApp } from './app.ts';
import type { ChildOptions } from './child-message.ts';
import { Gate } from './gate.ts';
import { HttpServer } from './http-server.ts';
import type { Log } from './log.ts';
import { Metrics, type Gauge } from './metrics.ts';
import type { ServedDepot } from './service.ts';
import { Upkeep } from './upkeep.ts';

export interface ServingPorts {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** Of this process, in bytes. */
  readonly memory: () => { readonly rss: number; readonly heapUsed: number };
}

export type ServingOptions = Omit<ChildOptions, 'data' | 'logFormat'>;

/** Everything of a server but the socket that it listens on. */
export interface Serving {
  readonly http: HttpServer;
  readonly gate: Gate;
  readonly upkeep: Upkeep;
}

export function openServing(
  depot: ServedDepot,
  options: ServingOptions,
  ports: ServingPorts,
): Serving {
  const { limits, version, restarts } = options;
  const { clock, log, memory } = ports;
  const metrics = new Metrics();
  const gate = new Gate(limits);
  const upkeep = new Upkeep(depot, options, { ...ports, now: clock.now });
  const startedAt = clock.elapsed();
  const gauges = (): readonly Gauge[] => {
    const { rss, heapUsed } = memory();
    const stored = upkeep.stored;
    const uptime = (clock.elapsed() - startedAt) / 1_000;
    return [
      gauge('requests_in_flight', 'Requests that are worked on.', gate.inside),
      gauge('requests_waiting', 'Requests that wait for their turn.', gate.waiting),
      gauge('connections', 'Open connections.', http.connections),
      gauge('stored_entries', 'Objects stored, at the last upkeep.', stored?.count),
      gauge('stored_bytes', 'Bytes stored, at the last upkeep.', stored?.bytes),
      gauge('process_resident_bytes', 'Resident memory of the serving process.', rss),
      gauge('process_heap_bytes', 'JavaScript heap in use.', heapUsed),
      gauge('process_uptime_seconds', 'Age of the serving process.', uptime),
      gauge('process_restarts', 'Serving processes before this one.', restarts),
      gauge('log_lines_dropped', 'Log lines that nobody took.', log.dropped()),
    ];
  };
  const app = createApp({ depot, version, limits, gate, metrics, log, clock, gauges });
  const http = new HttpServer(app, { limits, metrics });
  return { http, gate, upkeep };
}

function gauge(name: string, help: string, value: number | undefined): Gauge {
  return { name: `skein_cache_${name}`, help, value };
}
