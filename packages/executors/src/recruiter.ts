import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedImage, TaskOptions } from '@skein/model';
import type { Position } from './demand.ts';
import { makeEnvironment } from './environment.ts';
import type { CommandEnvironment } from './environment.ts';
import type { BundleLocation } from './executor.ts';
import type { Launcher } from './launcher.ts';
import { watchLimits } from './limit-watch.ts';
import type { Excess } from './limit-watch.ts';
import { removeFolder } from './remove-folder.ts';
import { hasContainers, openScratchHome } from './scratch-home.ts';
import { WorkerProcess } from './worker-process.ts';
import type { WorkerEvents } from './worker-process.ts';
import { WorkerSeat } from './worker-seat.ts';

export interface RecruiterSettings {
  readonly launcher: Launcher;
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

/** The options that decide what a process is given. */
export type PostOptions = Pick<TaskOptions, 'variables' | 'secrets' | 'network' | 'resources'>;

export interface Post {
  readonly bundle: BundleLocation;
  readonly options: PostOptions;
  readonly devices?: readonly string[] | undefined;
  readonly image?: ResolvedImage | undefined;
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
  /** Where the processes of this pool keep what is of no use after them. */
  #folder: string | undefined;
  #hired = 0;

  constructor(settings: RecruiterSettings) {
    this.#settings = settings;
  }

  hire(
    position: Position,
    { bundle, options, devices, image }: Post,
    eventsFor: (seat: WorkerSeat) => SeatEvents,
  ): WorkerSeat {
    const { launcher, state, invisible, passThrough, sync, workerEntry, elapsed } = this.#settings;
    this.#hired += 1;
    const scratch = join(this.#open(), `worker-${this.#hired}`);
    mkdirSync(scratch);
    const { secrets, network, resources } = options;
    const { heapMebibytes, limits } = position;
    const made = { scratch, devices, contained: image !== undefined };
    const place = {
      name: `worker ${this.#hired}`,
      bundle,
      state,
      invisible,
      scratch,
      environment: makeEnvironment(this.#settings.environment, options, made),
    };
    const launched = launcher.launch({
      ...place,
      entry: workerEntry,
      heapMebibytes,
      limits,
      image,
      network,
      resources,
      devices,
    });
    const seat: WorkerSeat = new WorkerSeat(position, () => events.idled());
    const events = eventsFor(seat);
    const exceeded = (excess: Excess): void => events.exceeded(excess);
    seat.outbox = launched.container?.outbox;
    // It may be there later: a container takes its time.
    const pid = (): number | undefined => launched.pid;
    seat.endWatch = watchLimits({ pid, scratch, limits, elapsed, exceeded });
    seat.process = new WorkerProcess({ ...place, passThrough, sync, secrets, elapsed }, launched, {
      ...events,
      exited: (exit) => {
        seat.close();
        void removeFolder(scratch);
        events.exited(exit);
      },
    });
    return seat;
  }

  async close(): Promise<void> {
    await this.#settings.launcher.close();
    const folder = this.#folder;
    if (folder === undefined || hasContainers(folder)) return;
    await removeFolder(folder);
  }

  #open(): string {
    this.#folder ??= openScratchHome(this.#settings.state, 'pool');
    return this.#folder;
  }
}
