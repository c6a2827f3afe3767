import type { PlanEntry, Standing } from './plan-entry.ts';

/** How long an action takes with all that it waits for, milliseconds. */
export interface PlanPath {
  /** Of what executes for certain. */
  readonly expected: number;
  /** Of all that may execute. */
  readonly atMost: number;
}

const NOTHING: PlanPath = { expected: 0, atMost: 0 };

/** The longest chain of calls beneath the first entry: waves one after the other. */
export function longestPath(
  entries: ReadonlyMap<string, PlanEntry>,
  standingOf: (entry: PlanEntry) => Standing,
): PlanPath {
  const paths = new Map<string, PlanPath>();
  // Calls come after their callers, but for those that were met before under another caller.
  for (const entry of [...entries.values()].toReversed()) {
    paths.set(entry.name, pathOf(entry, standingOf(entry), paths));
  }
  const [root] = entries.keys();
  return paths.get(root ?? '') ?? NOTHING;
}

function pathOf(
  { outlook, name }: PlanEntry,
  standing: Standing,
  paths: ReadonlyMap<string, PlanPath>,
): PlanPath {
  if (standing === 'reuse') return NOTHING;
  const waves = new Map<number, PlanPath>();
  for (const { outlook: called, slot, wave } of outlook.calls) {
    const path = paths.get(called.call.key ?? `${name} ${slot}`) ?? NOTHING;
    const longest = waves.get(wave) ?? NOTHING;
    waves.set(wave, {
      expected: Math.max(longest.expected, path.expected),
      atMost: Math.max(longest.atMost, path.atMost),
    });
  }
  const self = outlook.expected() ?? 0;
  let expected = standing === 'execute' ? self : 0;
  let atMost = self;
  for (const wave of waves.values()) {
    expected += wave.expected;
    atMost += wave.atMost;
  }
  return { expected, atMost };
}
