import { join } from 'node:path';
import type { Comparison } from '../comparison.ts';
import { runNode, type Place } from '../place.ts';
import type { RowPlan } from '../row.ts';
import { expectExecuted, runSkein } from '../skein.ts';
import type { Readings, SamplePlace, Subject } from '../subject.ts';
import type { Target } from '../target.ts';

const tasks = join('bench', 'tasks', 'no-op.ts');

interface Work {
  readonly shape: 'sequential' | 'fan-out' | 'map';
  readonly count: number;
  /** How often the same is done in one process; the last time it is warm. */
  readonly passes: number;
}

/** A thousand actions, each awaited before the next is called. */
export function sequentialActions(place: Place): Comparison {
  const work: Work = { shape: 'sequential', count: 1000, passes: 3 };
  const target: Target = { of: 'figure', bound: 'at least', value: 2000 };
  const subject = skein(place, [
    { name: '', work },
    { name: 'cached ', work, cached: true },
  ]);
  return {
    subjects: [subject, openWorkflow(place, work), piscina(place, work)],
    rows: [
      row('1', '1,000 sequential no-op actions', { reading: 'first', target }),
      row('1', 'the same, third time in one process', { reading: 'warm', target }),
      row('1', `the same, cache: 'auto'`, { reading: 'cached first', target, beside: 'first' }),
      { ...row('1', 'beside a bare round trip', { reading: 'warm' }), peer: { name: 'piscina' } },
    ],
  };
}

/** Ten thousand actions at once. */
export function fanOutActions(place: Place): Comparison {
  const work: Work = { shape: 'fan-out', count: 10_000, passes: 2 };
  const target: Target = { of: 'figure', bound: 'at least', value: 4000 };
  const subject = skein(place, [
    { name: '', work },
    { name: 'cached ', work: { ...work, passes: 1 }, cached: true },
    { name: 'map ', work: { ...work, shape: 'map', passes: 1 } },
  ]);
  const once = openWorkflow(place, { ...work, passes: 1 });
  return {
    subjects: [subject, once, piscina(place, work)],
    rows: [
      row('2', '10,000 no-op actions at once', { reading: 'first', target }),
      row('2', `the same, cache: 'auto'`, { reading: 'cached first', target, beside: 'first' }),
      row('2', 'the same, by map', { reading: 'map first', target, beside: 'first' }),
      { ...row('2', 'beside bare threads', { reading: 'warm' }), peer: { name: 'piscina' } },
    ],
  };
}

interface RowShape {
  readonly reading: string;
  readonly target?: Target;
  /** The reading of the peer, where it has no such variant. */
  readonly beside?: string;
}

function row(id: string, work: string, { reading, target, beside }: RowShape): RowPlan {
  const peer = { name: 'openworkflow', ...(beside !== undefined && { reading: beside }) };
  return { id, work, unit: '/s', reading, peer, ...(target && { targets: [target] }) };
}

interface Variant {
  /** What its readings begin with. */
  readonly name: string;
  readonly work: Work;
  readonly cached?: boolean;
}

function skein(place: Place, variants: readonly Variant[]): Subject {
  const sampleOne = async (variant: Variant, state: string): Promise<Readings> => {
    const { name, work, cached = false } = variant;
    const inputs = Object.entries(work).map(([flag, value]) => `--${flag}=${value}`);
    const run = await runSkein(place, {
      args: [tasks, 'main', ...inputs, cached ? '--cached' : '--no-cached'],
      state,
    });
    const meant = work.count * work.passes + 3;
    expectExecuted(run, { atLeast: meant, atMost: meant });
    return ratesOf(name, work, run.summary.result);
  };
  return {
    name: 'skein',
    sample: async ({ scratch }) => {
      const readings: Readings[] = [];
      for (const [index, variant] of variants.entries()) {
        readings.push(await sampleOne(variant, join(scratch, `state-${index}`)));
      }
      return Object.assign({}, ...readings);
    },
  };
}

function openWorkflow(place: Place, work: Work): Subject {
  return peer(place, { name: 'openworkflow', work, files: (at) => [join(at.scratch, 'ow.db')] });
}

function piscina(place: Place, work: Work): Subject {
  return peer(place, { name: 'piscina', work, files: () => [] });
}

interface PeerProgram {
  readonly name: string;
  readonly work: Work;
  readonly files: (at: SamplePlace) => readonly string[];
}

function peer(place: Place, { name, work, files }: PeerProgram): Subject {
  const missing = place.peers.missing(name);
  const program = join(place.peers.folder, `run-${name}.ts`);
  const { shape, count, passes } = work;
  return {
    name,
    ...(missing !== undefined && { missing }),
    sample: async (at) => {
      const inputs = [shape, `${count}`, `${passes}`, ...files(at)];
      const { stdout } = await runNode(place, [program, ...inputs]);
      return ratesOf('', work, JSON.parse(stdout));
    },
  };
}

/** Actions a second in the first pass, and in the last. */
function ratesOf(name: string, { count, passes }: Work, times: unknown): Readings {
  const all = Array.isArray(times) ? times.map(Number) : [];
  const [first, last] = [all[0], all[passes - 1]];
  if (first === undefined || last === undefined) throw new Error('gave no times');
  return { [`${name}first`]: count / (first / 1000), [`${name}warm`]: count / (last / 1000) };
}
