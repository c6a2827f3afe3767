import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskOptions } from '@skein/model';
import type { Demand } from './demand.ts';
import { makeEnvironment } from './environment.ts';
import type { CommandEnvironment } from './environment.ts';
import type { BundleLocation } from './executor.ts';
import type { Reaper } from './reaper.ts';
import { WorkerProcess } from './worker-process.ts';
import type { WorkerEvents } from './worker-process.ts';
import { WorkerSeat } from './worker-seat.ts';

export interface RecruiterSettings {
  readonly state: string;
  /** Absolute folder that actions cannot see (O2). */
  readonly invisible: string;
  readonly environment: CommandEnvironment;
  /** Packages that only pass reads through, besides those that are known (O3). */
  readonly passThrough: readonly string[];
  /** Absolute path of the module that starts a worker. */
  readonly workerEntry: string;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** What a process printed that belongs to no single action. */
  readonly printed: (worker: string, stream: 'stdout' | 'stderr', text: string) => void;
}

export interface Post {
  readonly bundle: BundleLocation;
  readonly options: Pick<TaskOptions, 'variables' | 'secrets'>;
}

/** Starts worker processes, each with its environment (O6) and a scratch folder of its own. */
export class Recruiter {
  readonly #settings: RecruiterSettings;
  readonly #reaper: Reaper;
  #folder: string | undefined;
  #hired = 0;

  constructor(settings: RecruiterSettings, reaper: Reaper) {
    this.#settings = settings;
    this.#reaper = reaper;
  }

  hire(
    demand: Pick<Demand, 'home' | 'heapMebibytes'>,
    { bundle, options }: Post,
    eventsFor: (seat: WorkerSeat) => WorkerEvents,
  ): WorkerSeat {
    const { state, invisible, environment, passThrough, workerEntry, elapsed } = this.#settings;
    this.#hired += 1;
    const name = `worker ${this.#hired}`;
    const scratch = this.#scratch(`worker-${this.#hired}`);
    const seat = new WorkerSeat(demand);
    const events = eventsFor(seat);
    seat.process = new WorkerProcess(
      {
        name,
        entry: workerEntry,
        bundle,
        state,
        invisible,
        scratch,
        environment: makeEnvironment(environment, options, scratch),
        passThrough,
        secrets: options.secrets,
        heapMebibytes: demand.heapMebibytes,
        elapsed,
      },
      {
        ...events,
        exited: (exit) => {
          const { pid } = seat.process;
          if (pid !== undefined) this.#reaper.forget(pid);
          void rm(scratch, { recursive: true, force: true });
          events.exited(exit);
        },
      },
    );
    const { pid } = seat.process;
    if (pid !== undefined) this.#reaper.watch(pid);
    return seat;
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  #scratch(name: string): string {
    if (this.#folder === undefined) {
      const parent = join(this.#settings.state, 'scratch');
      mkdirSync(parent, { recursive: true });
      this.#folder = mkdtempSync(join(parent, 'pool-'));
    }
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}
