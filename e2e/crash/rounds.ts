import type { Lab } from './lab.ts';
import { describePlan, type Plan } from './plan.ts';
import { makeRound, removeRound, type Recovery, type RoundResult } from './round.ts';

export interface RoundsRequest {
  readonly recovery: Recovery;
  /** Rounds at once. */
  readonly jobs: number;
  /** Told of each round that did not hold what it must, in words. */
  readonly failed: (report: string) => void;
}

/** What came of many rounds. */
export interface Tally {
  rounds: number;
  kills: number;
  failed: number;
  /** Files that were begun and never put into place. */
  temporaries: number;
  /** Points at which something was killed. */
  readonly points: Set<string>;
}

export function newTally(): Tally {
  return { rounds: 0, kills: 0, failed: 0, temporaries: 0, points: new Set() };
}

/** Makes rounds for as long as there are plans; the tally counts while it goes on. */
export async function makeRounds(
  lab: Lab,
  plans: Iterable<Plan>,
  { recovery, jobs, failed, tally }: RoundsRequest & { readonly tally: Tally },
): Promise<void> {
  const waiting = plans[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      tally.rounds += 1;
      const name = `${recovery}-${next.value.seed}-${tally.rounds}`;
      const result = await makeRound(lab, next.value, { name, recovery });
      count(tally, result);
      if (result.problems.length === 0) await removeRound(result);
      else failed(report(next.value, result));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

function count(tally: Tally, { kills, temporaries, points, problems }: RoundResult): void {
  tally.kills += kills;
  tally.temporaries += temporaries;
  for (const point of points) tally.points.add(point);
  if (problems.length > 0) tally.failed += 1;
}

function report(plan: Plan, { problems, folder, ledger }: RoundResult): string {
  return [
    `FAILED: ${describePlan(plan)}`,
    ...problems.map((problem) => `  ${problem.replaceAll('\n', '\n    ')}`),
    `  kept: ${folder}`,
    `  ledger: ${ledger.path}`,
  ].join('\n');
}
