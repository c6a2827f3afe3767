import type { Series } from './row.ts';
import type { Readings, SamplePlace, Subject } from './subject.ts';

/** A peer that takes longer than this is measured once. */
const slowMs = 10_000;

/** What measuring needs of the world. */
export interface Measuring {
  readonly samples: number;
  /** Milliseconds of a clock that only goes forwards. */
  readonly now: () => number;
  /** Calls `use` with an empty folder, which is gone afterwards. */
  readonly withFolder: <T>(use: (folder: string) => Promise<T>) => Promise<T>;
  readonly progress: (line: string) => void;
}

interface Entrant {
  readonly subject: Subject;
  readonly home: string;
  readonly isPeer: boolean;
  readonly readings: Readings[];
  trouble?: string;
  remark?: string;
}

/**
 * Samples the subjects in turns (A, B, A, B, …), so that what else the machine does meets all of
 * them alike. The first subject is Skein. One that fails takes no further part.
 */
export async function measure(
  subjects: readonly Subject[],
  measuring: Measuring,
): Promise<ReadonlyMap<string, Series>> {
  const within = async (homes: readonly string[]): Promise<ReadonlyMap<string, Series>> => {
    if (homes.length < subjects.length) {
      return await measuring.withFolder((home) => within([...homes, home]));
    }
    const entrants = subjects.map((subject, index): Entrant => {
      const home = homes[index] ?? '';
      return { subject, home, isPeer: index > 0, readings: [] };
    });
    try {
      await takeTurns(entrants, measuring);
    } finally {
      for (const { close } of subjects) await close?.();
    }
    return new Map(entrants.map((entrant) => [entrant.subject.name, seriesOf(entrant)]));
  };
  return await within([]);
}

async function takeTurns(entrants: readonly Entrant[], measuring: Measuring): Promise<void> {
  for (const entrant of entrants) {
    const { missing, prepare } = entrant.subject;
    if (missing !== undefined) entrant.trouble = missing;
    else await attempt(entrant, async () => await prepare?.(entrant.home));
  }
  for (let round = 1; round <= measuring.samples; round += 1) {
    for (const entrant of entrants) {
      if (entrant.trouble !== undefined || entrant.remark !== undefined) continue;
      await attempt(entrant, () => sampleOnce(entrant, measuring));
      measuring.progress(`${round}/${measuring.samples} ${describe(entrant)}`);
    }
  }
}

async function sampleOnce(entrant: Entrant, measuring: Measuring): Promise<void> {
  const { subject, home } = entrant;
  const started = measuring.now();
  const place = (scratch: string): SamplePlace => ({ scratch, home });
  entrant.readings.push(await measuring.withFolder((scratch) => subject.sample(place(scratch))));
  if (entrant.isPeer && measuring.now() - started > slowMs) {
    entrant.remark = `takes over ${slowMs / 1000} s: measured once`;
  }
}

async function attempt(entrant: Entrant, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    entrant.trouble = error instanceof Error ? error.message : String(error);
  }
}

function describe({ subject, readings, trouble }: Entrant): string {
  const figures = Object.entries(readings.at(-1) ?? {}).map(
    ([name, value]) => `${name} ${Math.round(value * 100) / 100}`,
  );
  return `${subject.name}: ${trouble ?? figures.join(', ')}`;
}

function seriesOf({ readings, trouble, remark }: Entrant): Series {
  return { readings, ...(trouble !== undefined && { trouble }), ...(remark && { remark }) };
}
