import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskOptions } from '@skein/model';
import type { Position } from './demand.ts';
import { makeEnvironment } from './environment.ts';
import type { CommandEnvironment } from './environment.ts';
import type { BundleLocation } from './executor.ts';
import { watchLimits } from './limit-watch.ts';
import type { Excess } from './limit-watch.ts';
import { Reaper } from './reaper.ts';
import { openScratchHome } from './scratch-home.ts';
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
  /** Artifacts are synced to disk (D2). */
  readonly sync: boolean;
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
  readonly devices?: readonly string[] | undefined;
}

/** What a seat tells of itself. */
export interface SeatEvents extends WorkerEvents {
  /** It passed a limit that it has as a whole. */
  exceeded(excess: Excess): void;
  /** It had nothing to do for as long as it may. */
  idled(): void;
}

/** Starts worker processes, each with its environment (O6) and a scratch folder of its own. */
export class Recruiter {
  readonly #settings: RecruiterSettings;
  #quarters: Quarters | undefined;
  #hired = 0;

  constructor(settings: RecruiterSettings) {
    this.#settings = settings;
  }

  hire(
    position: Position,
    { bundle, options, devices }: Post,
    eventsFor: (seat: WorkerSeat) => SeatEvents,
  ): WorkerSeat {
    const { state, invisible, environment, passThrough, sync, workerEntry, elapsed } =
      this.#settings;
    this.#hired += 1;
    const name = `worker ${this.#hired}`;
    const { folder, reaper } = this.#open();
    const scratch = join(folder, `worker-${this.#hired}`);
    mkdirSync(scratch);
    const seat: WorkerSeat = new WorkerSeat(position, () => events.idled());
    const events = eventsFor(seat);
    seat.process = new WorkerProcess(
      {
        name,
        entry: workerEntry,
        bundle,
        state,
        invisible,
        scratch,
        environment: makeEnvironment(environment, options, { scratch, devices }),
        passThrough,
        sync,
        secrets: options.secrets,
        heapMebibytes: position.heapMebibytes,
        elapsed,
      },
      {
        ...events,
        exited: (exit) => {
          const { pid } = seat.process;
          if (pid !== undefined) reaper.forget(pid);
          seat.close();
          void rm(scratch, { recursive: true, force: true });
          events.exited(exit);
        },
      },
    );
    const { pid } = seat.process;
    if (pid === undefined) return seat;
    reaper.watch(pid);
    const { limits } = position;
    const exceeded = (excess: Excess): void => events.exceeded(excess);
    seat.endWatch = watchLimits({ pid, scratch, limits, elapsed, exceeded });
    return seat;
  }

  async close(): Promise<void> {
    if (this.#quarters === undefined) return;
    const { folder, reaper } = this.#quarters;
    await reaper.close();
    await rm(folder, { recursive: true, force: true });
  }

  #open(): Quarters {
    if (this.#quarters === undefined) {
      const folder = openScratchHome(this.#settings.state, 'pool');
      this.#quarters = { folder, reaper: new Reaper(folder) };
    }
    return this.#quarters;
  }
}

/** Where the processes of one pool keep what is of no use after them. */
interface Quarters {
  readonly folder: string;
  readonly reaper: Reaper;
}
