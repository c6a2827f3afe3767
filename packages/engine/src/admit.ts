import type { Failure, ResourceCapacity, ResourceRequest, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { Devices } from './devices.ts';

/*
 * Tokens (X2). What this file owns: which waiting actions may run now.
 * A1  What is granted never exceeds the capacity, except by a forced admission.
 * A2  A paused grant (its action waits for calls) holds memory, gpu, disk and named tokens but
 *     neither cpu nor a place among the running.
 * A3  Those that resume come before those that start: they hold what others may wait for.
 *     Among those that start, first come, first served: no demand starves behind smaller ones.
 * A4  If nothing runs and nothing can be admitted, the oldest that waits is admitted.
 * A5  A gpu has one holder, except by a forced admission, which gets those with the fewest.
 */

/**
 * Amounts by token name; `running` counts actions against the run's concurrency. All are whole
 * numbers, cpu in millionths of a core: sums of fractions would drift.
 */
type Demand = ReadonlyMap<string, number>;

const CPU_UNITS = 1e6;

interface Waiting {
  readonly demand: Demand;
  readonly admitted: () => void;
}

/** What an action holds while it runs. */
export interface Grant {
  /** The gpus that it may use, as `CUDA_VISIBLE_DEVICES` names them; empty: it asked for none. */
  readonly devices: readonly string[];
  /** Gives back cpu while the action waits for its calls. */
  pause(): void;
  /** Takes cpu again; `undefined` where it may go on at once. */
  resume(): Promise<void> | undefined;
  release(): void;
}

export interface AdmissionSettings {
  readonly capacity: ResourceCapacity;
  readonly concurrency: number | undefined;
  /** Told when A4 applied. */
  readonly onForced: () => void;
}

export class Admission {
  readonly #settings: AdmissionSettings;
  readonly #whole: ReadonlyMap<string, number>;
  readonly #free: Map<string, number>;
  readonly #devices: Devices;
  readonly #resuming: Waiting[] = [];
  readonly #starting: Waiting[] = [];
  #running = 0;
  #pumping = false;

  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
    this.#free = tokensOf(settings);
    this.#whole = new Map(this.#free);
    this.#devices = new Devices(settings.capacity.gpus);
  }

  /** A demand above the whole capacity is a failure before it is queued. */
  check(resources: ResourceRequest): Result<void> {
    for (const [token, amount] of this.#demandOf(resources)) {
      const capacity = this.#whole.get(token) ?? 0;
      if (amount > capacity) return fail(exceedsCapacity(token, amount, capacity));
    }
    return succeed(undefined);
  }

  /** A grant at once, if nothing stands in the way. */
  tryAdmit(resources: ResourceRequest): Grant | undefined {
    const demand = this.#demandOf(resources);
    const free = demand.size === 0 || (this.#starting.length === 0 && this.#fits(demand));
    return free ? this.#start(demand) : undefined;
  }

  /** Waits for a grant; `withdraw` takes the request back, or what was granted meanwhile. */
  request(resources: ResourceRequest): { granted: Promise<Grant>; withdraw: () => void } {
    const demand = this.#demandOf(resources);
    const { promise: granted, resolve } = Promise.withResolvers<Grant>();
    let grant: Grant | undefined;
    const waiting: Waiting = {
      demand,
      admitted: () => {
        grant = this.#start(demand);
        resolve(grant);
      },
    };
    this.#starting.push(waiting);
    this.#pump();
    const withdraw = (): void => {
      remove(this.#starting, waiting);
      grant?.release();
      this.#pump();
    };
    return { granted, withdraw };
  }

  #start(demand: Demand): Grant {
    this.#take(demand);
    this.#running += 1;
    return this.#grant(demand);
  }

  #grant(demand: Demand): Grant {
    const cpu = pausable(demand);
    const devices = this.#devices.take(demand.get('gpu') ?? 0);
    let state: 'running' | 'paused' | 'released' = 'running';
    let resuming: Waiting | undefined;
    const enter = (): void => {
      this.#take(cpu);
      this.#running += 1;
      state = 'running';
    };
    return {
      devices,
      pause: () => {
        if (state !== 'running') return;
        state = 'paused';
        this.#leave(cpu);
      },
      resume: () => {
        if (state !== 'paused') return undefined;
        if (this.#fits(cpu)) {
          enter();
          return undefined;
        }
        return new Promise((resolve) => {
          const admitted = (): void => {
            resuming = undefined;
            if (state === 'paused') enter();
            resolve();
          };
          resuming = { demand: cpu, admitted };
          this.#resuming.push(resuming);
          this.#pump();
        });
      },
      release: () => {
        if (state === 'released') return;
        this.#devices.give(devices);
        const before = state;
        state = 'released';
        if (before === 'running') this.#leave(demand);
        else this.#give(without(demand, cpu));
        if (resuming !== undefined && remove(this.#resuming, resuming)) resuming.admitted();
        this.#pump();
      },
    };
  }

  #leave(demand: Demand): void {
    this.#give(demand);
    this.#running -= 1;
    this.#pump();
  }

  /** Admits what fits, in the order of A3, then forces one by A4 if all is still. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#drain(this.#resuming);
    this.#drain(this.#starting);
    while (this.#running === 0) {
      const oldest = this.#resuming.shift() ?? this.#starting.shift();
      if (oldest === undefined) break;
      this.#settings.onForced();
      oldest.admitted();
    }
    this.#pumping = false;
  }

  #drain(queue: Waiting[]): void {
    for (let head = queue[0]; head !== undefined && this.#fits(head.demand); head = queue[0]) {
      queue.shift();
      head.admitted();
    }
  }

  #fits(demand: Demand): boolean {
    for (const [token, amount] of demand) {
      if ((this.#free.get(token) ?? 0) < amount) return false;
    }
    return true;
  }

  #take(demand: Demand): void {
    for (const [token, amount] of demand) {
      this.#free.set(token, (this.#free.get(token) ?? 0) - amount);
    }
  }

  #give(demand: Demand): void {
    for (const [token, amount] of demand) {
      this.#free.set(token, (this.#free.get(token) ?? 0) + amount);
    }
  }

  #demandOf(resources: ResourceRequest): Demand {
    const demand = new Map<string, number>();
    const add = (token: string, amount: number | undefined): void => {
      if (amount !== undefined && amount > 0) demand.set(token, amount);
    };
    add('cpu', resources.cpu === undefined ? undefined : cpuUnits(resources.cpu));
    add('memory', resources.memoryBytes);
    add('gpu', resources.gpu);
    add('disk', resources.diskBytes);
    for (const [name, amount] of Object.entries(resources.tokens ?? {})) {
      add(`token ${name}`, amount);
    }
    if (this.#settings.concurrency !== undefined) demand.set('running', 1);
    return demand;
  }
}

function tokensOf(settings: AdmissionSettings): Map<string, number> {
  const { capacity, concurrency } = settings;
  const tokens = new Map<string, number>([
    ['cpu', cpuUnits(capacity.cpu)],
    ['memory', capacity.memoryBytes],
    ['gpu', capacity.gpus.length],
    ['disk', capacity.diskBytes],
  ]);
  for (const [name, amount] of Object.entries(capacity.tokens)) {
    tokens.set(`token ${name}`, amount);
  }
  if (concurrency !== undefined) tokens.set('running', concurrency);
  return tokens;
}

function cpuUnits(cores: number): number {
  return Math.round(cores * CPU_UNITS);
}

/** True where it was there. */
function remove(queue: Waiting[], waiting: Waiting): boolean {
  const index = queue.indexOf(waiting);
  if (index >= 0) queue.splice(index, 1);
  return index >= 0;
}

/** The part of a demand that a waiting caller gives back (A2). */
function pausable(demand: Demand): Demand {
  return new Map([...demand].filter(([token]) => token === 'cpu' || token === 'running'));
}

function without(demand: Demand, part: Demand): Demand {
  return new Map([...demand].filter(([token]) => !part.has(token)));
}

const UNITS: Readonly<Record<string, number>> = { cpu: CPU_UNITS };
const SIZES = new Set(['memory', 'disk']);
const MEBIBYTE = 1 << 20;

function exceedsCapacity(token: string, wanted: number, capacity: number): Failure {
  const amount = (value: number): string =>
    SIZES.has(token) ? `${Math.floor(value / MEBIBYTE)} Mi` : String(value / (UNITS[token] ?? 1));
  const name = token.replace(/^token /, '');
  if (name !== token && capacity === 0) return undeclared(name, amount(wanted));
  return {
    code: 'exceeds-capacity',
    kind: 'usage',
    headline: `a task asks for ${amount(wanted)} of ${token}, and there is ${amount(capacity)}`,
    facts: [
      ['wanted', amount(wanted)],
      ['capacity', amount(capacity)],
    ],
    hint: "lower the task's resources, or run it on a machine that has them",
  };
}

function undeclared(token: string, wanted: string): Failure {
  return {
    code: 'exceeds-capacity',
    kind: 'usage',
    headline:
      `a task asks for ${wanted} of the token "${token}", and there is none: ` +
      'the configuration says under "tokens" how many there are',
    facts: [['wanted', wanted]],
    hint: `declare it in skein.config.ts: tokens: { ${JSON.stringify(token)}: ${wanted} }`,
  };
}
