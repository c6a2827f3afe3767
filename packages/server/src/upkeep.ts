import type { Randomness } from '@skein/model';
import type { DepotSwept } from '@skein/store';
import type { Log } from './log.ts';
import type { ServedDepot } from './service.ts';

export interface UpkeepOptions {
  readonly keepForMs: number | undefined;
  readonly maxSizeBytes: number | undefined;
}

export interface UpkeepPorts {
  readonly randomness: Randomness;
  readonly log: Log;
  readonly now: () => number;
}

const EVERY_MS = 3_600_000;
/** Servers that were started together do not stay together. */
const SPREAD_MS = 900_000;
const SPREAD_STEPS = 2 ** 16;

/**
 * Removes what is old, too much, or left by broken uploads, and counts what there is: at the start,
 * then hourly.
 */
export class Upkeep {
  readonly #depot: ServedDepot;
  readonly #options: UpkeepOptions;
  readonly #ports: UpkeepPorts;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #stored: DepotSwept['kept'] | undefined;

  constructor(depot: ServedDepot, options: UpkeepOptions, ports: UpkeepPorts) {
    this.#depot = depot;
    this.#options = options;
    this.#ports = ports;
  }

  /** As of the last look. */
  get stored(): DepotSwept['kept'] | undefined {
    return this.#stored;
  }

  /** Settles after the first round. */
  async start(): Promise<void> {
    await this.#round();
    if (this.#stop.signal.aborted) return;
    const spread = (Number.parseInt(this.#ports.randomness.hex(2), 16) / SPREAD_STEPS) * SPREAD_MS;
    this.#timer = setTimeout(() => void this.start(), EVERY_MS + spread);
    this.#timer.unref();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  /** Trouble here is for the log: whoever uses the cache does not depend on it. */
  async #round(): Promise<void> {
    const { signal } = this.#stop;
    const { keepForMs, maxSizeBytes } = this.#options;
    try {
      const swept = await this.#depot.gc({ olderThanMs: keepForMs, maxSizeBytes, signal });
      const { removed, kept, litter } = swept;
      this.#stored = kept;
      const counts = { removed: removed.count, removedBytes: removed.bytes, kept: kept.count };
      this.#note({ ...counts, litter });
    } catch (error) {
      if (!signal.aborted) {
        this.#note({ error: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  #note(facts: Readonly<Record<string, string | number>>): void {
    const time = new Date(this.#ports.now()).toISOString();
    this.#ports.log.write({ time, level: 'info', event: 'upkeep', ...facts });
  }
}
