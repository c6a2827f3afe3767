import type { Clock } from '@skein/model';
import type { Depot } from '@skein/store';
import type { Gate } from './gate.ts';
import type { Log } from './log.ts';
import type { Gauge, Metrics } from './metrics.ts';
import type { ServerLimits } from './server-limits.ts';

/** What the server asks of the storage. */
export type ServedDepot = Pick<
  Depot,
  'as' | 'nx' | 'tokens' | 'list' | 'inspect' | 'stats' | 'verify' | 'revokeWriter' | 'gc'
>;

/** What every request needs. */
export interface Service {
  readonly depot: ServedDepot;
  readonly version: string;
  readonly limits: ServerLimits;
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  /** What else is measured, at the moment. */
  readonly gauges: () => readonly Gauge[];
}
