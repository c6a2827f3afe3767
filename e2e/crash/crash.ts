import { FAULT_POINTS } from '@skein/model';
import { DAMAGES } from './damage.ts';
import { Draw } from './draw.ts';
import { openLab } from './lab.ts';
import { DISK_POINTS, planDamage, planFullDisk, planPoint, planRandom, type Plan } from './plan.ts';
import type { Recovery } from './round.ts';
import { makeRounds, newTally, type Tally } from './rounds.ts';

export interface CrashRequest {
  /** How many kills at random instants, besides one at each named point. */
  readonly kills: number;
  readonly seed: number;
  /** Units of work of the pipeline, of some seventeen actions each. */
  readonly size: number;
  /** Rounds at once. */
  readonly jobs: number;
  readonly recovery: Recovery;
  /** Whether each named point is killed at, and each damage done, once. */
  readonly points: boolean;
  /** Nothing but this: a point by its name, or a random round by its seed. */
  readonly only?: string | undefined;
  readonly print: (line: string) => void;
}

/** Kills again and again; false: something did not hold, and its state is kept. */
export async function crash(request: CrashRequest): Promise<boolean> {
  const { seed, size, jobs, recovery, print } = request;
  const began = performance.now();
  const tally = newTally();
  const lab = await openLab(size);
  print(`seed ${seed}, ${lab.actions} actions, undisturbed ${Math.round(lab.durationMs)} ms`);
  try {
    const plans = told(plansOf(request, tally), tally, print);
    await makeRounds(lab, plans, { recovery, jobs, failed: print, tally });
  } finally {
    if (tally.failed === 0) await lab[Symbol.asyncDispose]();
  }
  const seconds = (performance.now() - began) / 1_000;
  print(
    `${tally.rounds} rounds, ${tally.kills} kills, ${tally.points.size} points reached, ` +
      `${tally.failed} failed, ${tally.temporaries} temporary files left, ` +
      `${(seconds / tally.rounds).toFixed(2)} s a round`,
  );
  const missed = Object.keys(FAULT_POINTS).filter((point) => !tally.points.has(point));
  const wantsAll = request.points && request.only === undefined;
  if (wantsAll && missed.length > 0) print(`never reached: ${missed.join(', ')}`);
  return tally.failed === 0;
}

/** Says how far it is: the whole takes a while. */
function* told(plans: Iterable<Plan>, tally: Tally, print: CrashRequest['print']): Generator<Plan> {
  for (const plan of plans) {
    if (tally.rounds % 50 === 49) print(`${tally.rounds} rounds, ${tally.kills} kills`);
    yield plan;
  }
}

/** Every point once, every damage once, then at random until there were enough kills. */
function* plansOf(request: CrashRequest, tally: Tally): Generator<Plan> {
  const draw = new Draw(request.seed);
  const points = Object.keys(FAULT_POINTS);
  const { only } = request;
  if (only !== undefined) {
    if (points.includes(only)) yield planPoint(only, 1, draw.below(2 ** 31));
    else yield planRandom(Number(only), points);
    return;
  }
  if (request.points) {
    for (const point of points) yield planPoint(point, 1, draw.below(2 ** 31));
    for (const point of DISK_POINTS) yield planFullDisk(point, draw.below(2 ** 31));
    for (const damage of DAMAGES) yield planDamage(damage, draw);
  }
  const before = tally.kills;
  while (tally.kills - before < request.kills) yield planRandom(draw.below(2 ** 31), points);
}
