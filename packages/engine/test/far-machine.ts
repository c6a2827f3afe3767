import type { ActionFinished, TaskOptions } from '@skein/model';
import type { FarClient, FarStore } from './far-store.ts';
import {
  Outside,
  type Program,
  type RunSettings,
  type ScriptedRun,
  type Stores,
  runScripted,
} from './scripted.ts';
import { stores } from './stores.ts';

export const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };

/** One machine: a state of its own in front of what all share. */
export class Machine {
  readonly near: Stores;
  readonly far: FarStore;
  client: FarClient;

  constructor(far: FarStore, near: Stores = stores()) {
    this.far = far;
    this.near = near;
    this.client = far.client(near);
  }

  /** A run, after which everything that it offered is shared. */
  async run(program: Program, settings: RunSettings & Arguments = {}): Promise<ScriptedRun> {
    this.client = this.far.client(this.near);
    this.client.trouble = settings.trouble ?? {};
    const run = await runScripted(program, this.near, {
      entry: 'main',
      summaryFrom: Number.POSITIVE_INFINITY,
      ...settings,
      far: this.client,
    });
    this.client.push();
    return run;
  }
}

interface Arguments {
  readonly args?: readonly unknown[];
  readonly trouble?: FarClient['trouble'];
}

export function eventOf(run: ScriptedRun, task: string): ActionFinished {
  const found = run.finished.find((event) => event.task === task);
  if (found === undefined) throw new Error(`no ${task}`);
  return found;
}

/** `main` calls `left` and then `right` with its answer; `right` reads a file. */
export const CHAIN: Program = {
  main: {
    code: '1',
    options: AUTO,
    body: async (run, n: number) => {
      const left = await run.call('left', n);
      return run.call('right', left);
    },
  },
  left: { code: '1', body: (_run, n: number) => Promise.resolve(n + 1) },
  right: {
    code: '1',
    body: (run, n: number) => Promise.resolve(`${n}${run.read('a.txt') ?? ''}`),
  },
};

export const OUTSIDE = (): Outside => new Outside([['a.txt', 'x']]);

const MANY = 1_000;
const ITEMS = Array.from({ length: MANY }, (_, index) => index);
/** A map of a thousand items. */
export const WIDE: Program = {
  main: {
    code: '1',
    options: AUTO,
    body: async (run) => (await run.map('item', ITEMS, 8)).length,
  },
  item: { code: '1', body: (_run, n: number) => Promise.resolve(n) },
};
