import { join } from 'node:path';
import type { Comparison } from '../comparison.ts';
import { containerTasks, openContainerPlace, type ContainerPlace } from '../container-place.ts';
import type { Place } from '../place.ts';
import { runProgram } from '../run-program.ts';
import { expectExecuted, runSkein } from '../skein.ts';
import { percentile } from '../statistics.ts';
import type { Readings, Subject } from '../subject.ts';

const warmActions = 300;

/** Actions in containers, beside processes of this machine and the engine's own start. */
export function containers(place: Place): Comparison {
  const opened = new Opened(place);
  const pool = { name: 'pool' };
  const warm = 'no-op action in a warm container';
  return {
    subjects: [skein(opened), poolOf(opened), podman(opened)],
    rows: [
      {
        id: 'container',
        work: `${warm}, p50`,
        unit: 'ms',
        reading: 'p50',
        peer: pool,
        targets: [{ of: 'ratio', bound: 'at most', value: 2 }],
      },
      { id: 'container', work: `${warm}, p99`, unit: 'ms', reading: 'p99', peer: pool },
      {
        id: 'container',
        work: 'first action, no container yet, image present',
        unit: 'ms',
        reading: 'cold',
        peer: { name: 'podman run' },
      },
    ],
  };
}

/** What the subjects share: the first one opens and closes it. */
class Opened {
  readonly #place: Place;
  #there: ContainerPlace | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  get there(): ContainerPlace {
    if (this.#there === undefined) throw new Error('has no engine to be measured with');
    return this.#there;
  }

  async open(home: string): Promise<void> {
    this.#there = await openContainerPlace(this.#place, home);
  }

  async close(): Promise<void> {
    await this.#there?.close();
  }
}

function skein(opened: Opened): Subject {
  return {
    name: 'skein',
    prepare: async (home) => {
      await opened.open(home);
      // The image is locked, and the engine knows what it needs to know of it.
      await firstAction(opened, join(home, 'state'));
    },
    sample: async ({ scratch }) => ({
      ...(await warmTimes(opened, 'container', join(scratch, 'warm'))),
      cold: await firstAction(opened, join(scratch, 'cold')),
    }),
    close: () => opened.close(),
  };
}

/** The very same actions in processes of this machine. */
function poolOf(opened: Opened): Subject {
  return {
    name: 'pool',
    sample: ({ scratch }) => warmTimes(opened, 'pool', join(scratch, 'warm')),
  };
}

/** The engine alone, with a program that does nothing. */
function podman(opened: Opened): Subject {
  return {
    name: 'podman run',
    sample: async ({ scratch }) => {
      const { place, image } = opened.there;
      const { wallMs } = await runProgram({
        file: 'podman',
        args: ['run', '--rm', '--network', 'none', image, '/bin/true'],
        cwd: scratch,
        environment: place.environment,
      });
      return { cold: wallMs };
    },
  };
}

async function warmTimes(
  { there: { place } }: Opened,
  executor: 'container' | 'pool',
  state: string,
): Promise<Readings> {
  const args = [containerTasks, 'warm', `--count=${warmActions}`, '--executor', executor];
  const run = await runSkein(place, { args, state });
  expectExecuted(run, { atLeast: 2 * warmActions + 1, atMost: 2 * warmActions + 1 });
  const times = Array.isArray(run.summary.result) ? run.summary.result.map(Number) : [];
  const [p50, p99] = [percentile(times, 50), percentile(times, 99)];
  if (p50 === undefined || p99 === undefined) throw new Error('gave no times');
  return { p50, p99 };
}

async function firstAction({ there: { place } }: Opened, state: string): Promise<number> {
  const run = await runSkein(place, { args: [containerTasks, 'cold'], state });
  expectExecuted(run, { atLeast: 2, atMost: 2 });
  return Number(run.summary.result);
}
