import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answerOf } from '../support/answer.ts';
import type { Ended, Started } from '../support/command.ts';
import type { KnownProcess } from '../support/processes.ts';
import { clockVariables } from './clock.ts';
import { Draw } from './draw.ts';
import { endsWithin } from './ends-within.ts';
import { normal, type Lab, type LabCommand } from './lab.ts';
import { Ledger, type EpochKind } from './ledger.ts';
import type { Plan, Step, Strike } from './plan.ts';
import { damageOf, newestStatus, pointsIn, temporariesIn } from './state.ts';
import { kill, leftOf } from './victims.ts';

/** How commands go on after a kill. */
export type Recovery = 'run' | 'resume';

/** What came of a round. */
export interface RoundResult {
  /** In words; none: all is well. */
  readonly problems: readonly string[];
  readonly kills: number;
  /** Points at which something was killed. */
  readonly points: readonly string[];
  /** What was begun and never put into place, at the end. */
  readonly temporaries: number;
  readonly folder: string;
  readonly ledger: Ledger;
}

/** Processes see by themselves that their coordinator is gone. */
const PATIENCE_MS = 15_000;

/** Carries out one round on a state of its own, and checks everything that has to hold. */
export async function makeRound(
  lab: Lab,
  plan: Plan,
  { name, recovery }: { readonly name: string; readonly recovery: Recovery },
): Promise<RoundResult> {
  const { folder, ledger: path } = await lab.round(name);
  const state = join(folder, 'state');
  if (plan.state === 'warm') await cp(lab.warm, state, { recursive: true });
  const round = new Round(lab, { plan, folder, state, recovery, ledger: new Ledger(path) });
  return await round.make();
}

export async function removeRound({ folder, ledger }: RoundResult): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rm(ledger.path, { force: true });
}

interface Parts {
  readonly plan: Plan;
  readonly folder: string;
  readonly state: string;
  readonly recovery: Recovery;
  readonly ledger: Ledger;
}

class Round {
  readonly #lab: Lab;
  readonly #parts: Parts;
  readonly #draw: Draw;
  readonly #problems: string[] = [];
  readonly #points: string[] = [];
  #kills = 0;

  constructor(lab: Lab, parts: Parts) {
    this.#lab = lab;
    this.#parts = parts;
    this.#draw = new Draw(parts.plan.seed);
  }

  async make(): Promise<RoundResult> {
    const { plan, folder, state, ledger } = this.#parts;
    for (const [index, step] of plan.steps.entries()) await this.#take(step, index);
    this.#problems.push(...ledger.violations());
    const temporaries = await temporariesIn(state);
    return {
      problems: this.#problems,
      kills: this.#kills,
      points: this.#points,
      temporaries: temporaries.length,
      folder,
      ledger,
    };
  }

  async #take(step: Step, index: number): Promise<void> {
    const { state, ledger, folder, plan } = this.#parts;
    if (step.damage !== undefined) {
      await step.damage.apply(state, this.#draw);
      ledger.forget(step.damage.forgets);
    }
    const command = step.command ?? this.#commandFor(index);
    ledger.beginEpoch(`${command}${step.twice ? 's' : ''}` as EpochKind);
    const note = join(folder, `fault-${index}`);
    const clock = join(folder, `clock-${index}`);
    const { strike } = step;
    const variables = {
      ...(await clockVariables(step.clock, clock)),
      ...faultVariables(strike, note),
    };
    const request = { state, ledger: ledger.path };
    const struck = this.#lab.run(command, { ...request, variables });
    const other = step.twice ? this.#lab.run(command, request) : undefined;
    const family = await this.#strike(step, struck, clock);
    const ended = await struck.ended;
    const reached = pointsIn(note).map((line) => line.split(' ')[0] ?? '');
    if (strike.kind === 'point') this.#points.push(...reached);
    if (strike.kind === 'full' && reached.length === 0) {
      this.#problems.push(`${strike.point} was not reached`);
    }
    const killed = ended.signal === 'SIGKILL';
    const isStruck = strike.kind === 'point' && pointsIn(note).length > 0;
    if (killed || isStruck) this.#kills += 1;
    const where = `command ${index + 1} (${command})`;
    const isRefused = strike.kind === 'full' && FULL.test(ended.stderr) && ended.code === 1;
    if (!killed && !isRefused) this.#checkAnswer(ended, where);
    if (index === plan.steps.length - 1 && killed) this.#problems.push(`${where} was killed`);
    if (other !== undefined) this.#checkAnswer(await other.ended, `${where}, the other`);
    const left = await leftOf(family, state, PATIENCE_MS);
    for (const line of left) this.#problems.push(`${where} left a process: ${line}`);
    // Who is killed while a damaged database is set aside leaves it as it was.
    if (killed && step.damage !== undefined) return;
    for (const line of damageOf(state)) this.#problems.push(`${where}: the database: ${line}`);
  }

  /** `resume` needs a run to go on from. */
  #commandFor(index: number): LabCommand {
    const { recovery, state } = this.#parts;
    if (index === 0 || recovery === 'run') return 'run';
    const status = newestStatus(state);
    return status === null || status === 'succeeded' ? 'run' : 'resume';
  }

  /** Waits for its moment, and gives what was running then. */
  async #strike(step: Step, command: Started, clock: string): Promise<readonly KnownProcess[]> {
    const { strike } = step;
    const part = strike.kind === 'instant' ? strike.part : 0.5;
    if (strike.kind !== 'instant' && step.clock === undefined) return [];
    const isOver = await endsWithin(command.ended, part * this.#lab.durationMs);
    if (isOver) return [];
    if (step.clock !== undefined) await writeFile(clock, step.clock.to);
    if (strike.kind !== 'instant') return [];
    if (strike.victim === 'worker') this.#kills += 1;
    return kill(strike.victim, command.pid, this.#draw);
  }

  #checkAnswer(ended: Ended, where: string): void {
    if (ended.code !== 0) {
      const how = ended.signal ?? `exit ${ended.code}`;
      this.#problems.push(`${where}: ${how}\n${ended.stdout}\n${ended.stderr}`);
      return;
    }
    if (where.includes('(gc)')) return;
    const found = normal(answerOf(ended).result);
    const { expected } = this.#lab;
    if (found !== expected) this.#problems.push(`${where}: ${found} instead of ${expected}`);
  }
}

/** What a full disk is told as. */
const FULL = /^error\[disk-full\]: /m;

function faultVariables(strike: Strike, note: string): Readonly<Record<string, string>> {
  if (strike.kind !== 'point' && strike.kind !== 'full') return {};
  const what = strike.kind === 'full' ? 'full' : 'kill';
  return { SKEIN_FAULT: `${strike.point}:${strike.count}:${what}:${note}` };
}
