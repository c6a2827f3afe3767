import { join } from 'node:path';
import { answerOf, type Shown } from '../support/answer.ts';
import { skein, startSkein, type Ended, type Started } from '../support/command.ts';
import { aliveOf, familyOf, processesNaming, type KnownProcess } from '../support/processes.ts';
import type { Sandbox } from '../support/sandbox.ts';
import { endsWithin } from './ends-within.ts';

const PIPELINE = 'e2e/pipelines/containers-kill.ts';
/** Whoever watches sees that the coordinator is gone, and the engine removes what it has. */
const PATIENCE_MS = 15_000;

/** What the rounds of a lane need of the world. */
export interface LaneGround {
  readonly sandbox: Sandbox;
  readonly state: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Ids of the containers of this state, stopped ones included. */
  readonly containersLeft: () => Promise<readonly string[]>;
}

/** What is killed: the coordinator alone, or whoever would clean up after it too. */
export type ContainerVictim = 'coordinator' | 'family';

export interface ContainerStrike {
  readonly afterMs: number;
  readonly victim: ContainerVictim;
  /** The command that is struck; `resume` only where there is something to go on from. */
  readonly command: 'run' | 'resume';
}

/** How one round ended. */
export interface StruckRound {
  /** Before it was over. */
  readonly isKilled: boolean;
  readonly lifeMs: number;
  /** Containers that lay there when the next command began. */
  readonly left: number;
}

/**
 * One state, on which command after command is killed: each is also the one that finds what the
 * one before left behind. Whoever ends by itself has to be right, and the next begins an edition of
 * which nothing is known.
 */
export class ContainerLane {
  readonly problems: string[] = [];
  readonly #ground: LaneGround;
  readonly #acknowledged = new Set<string>();
  /** Never cached: known to those that go on from the run they were made in. */
  readonly #followed = new Set<string>();
  #edition: number;
  #lastRun: string | undefined;
  #isOpen = false;

  constructor(ground: LaneGround, edition: number) {
    this.#ground = ground;
    this.#edition = edition;
  }

  /** Starts a command, kills it at its moment, and checks what has to hold. */
  async strike({ afterMs, victim, command }: ContainerStrike): Promise<StruckRound> {
    const verb = this.#isOpen ? command : 'run';
    const began = performance.now();
    const started = this.#start(verb);
    const isOver = await endsWithin(started.ended, afterMs);
    const family = familyOf(started.pid);
    if (!isOver) for (const { pid } of victim === 'family' ? family : [started]) end(pid);
    const ended = await started.ended;
    const lifeMs = performance.now() - began;
    const isKilled = ended.signal === 'SIGKILL';
    const isCleanedUp = victim === 'coordinator' || !isKilled;
    const left = await (isCleanedUp ? this.#checkGone(family) : this.#ground.containersLeft());
    await this.#account(verb);
    if (!isKilled) this.#checkEnd(ended);
    return { isKilled, lifeMs, left: left.length };
  }

  /** The next command, which nobody disturbs: what it says. Nothing is left after it. */
  async recover(command: ContainerStrike['command']): Promise<Ended> {
    const verb = this.#isOpen ? command : 'run';
    const ended = await this.#start(verb).ended;
    await this.#account(verb);
    this.#checkEnd(ended);
    await this.#checkGone([]);
    return ended;
  }

  #start(verb: ContainerStrike['command']): Started {
    const { sandbox, state, variables } = this.#ground;
    const run = ['run', PIPELINE, 'main', '--edition', String(this.#edition), '--json'];
    const args = verb === 'run' ? run : ['resume', '--json'];
    return startSkein(sandbox, args, { variables: { ...variables, SKEIN_STATE: state } });
  }

  /** No process and no container of it is there any more, or will not be soon; those that are. */
  async #checkGone(family: readonly KnownProcess[]): Promise<readonly string[]> {
    const { state, containersLeft } = this.#ground;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const processes = [...aliveOf(family), ...processesNaming(join(state, ''))];
      const containers = processes.length > 0 ? [] : await containersLeft();
      if (processes.length + containers.length === 0) return [];
      if (performance.now() > until) {
        for (const { pid, command } of processes) this.#say(`left a process: ${pid} ${command}`);
        for (const id of containers) this.#say(`left a container: ${id}`);
        return containers;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Whatever was acknowledged before may not have been executed again (P3). */
  async #account(verb: ContainerStrike['command']): Promise<void> {
    const shown = await this.#show();
    if (shown === undefined || shown.run === this.#lastRun) return;
    this.#lastRun = shown.run;
    // It may have been killed when it had nothing left to do.
    this.#isOpen = shown.status !== 'succeeded';
    if (verb === 'run') this.#followed.clear();
    const executed = shown.calls.filter(({ verdict }) => verdict === 'executed');
    const before = new Set([...this.#acknowledged, ...this.#followed]);
    for (const call of executed) {
      if (before.has(identity(call))) this.#say(`${identity(call)} executed again by ${verb}`);
    }
    for (const call of shown.calls) {
      if (call.outcome?.kind !== 'result') continue;
      (call.key === null ? this.#followed : this.#acknowledged).add(identity(call));
    }
  }

  async #show(): Promise<LaneShown | undefined> {
    const { sandbox, state } = this.#ground;
    const variables = { SKEIN_STATE: state };
    const { code, stdout } = await skein(sandbox, ['show', 'last', '--json'], { variables });
    return code === 0 ? (JSON.parse(stdout) as LaneShown) : undefined;
  }

  #checkEnd(ended: Ended): void {
    this.#isOpen = false;
    const result = ended.code === 0 ? answerOf(ended).result : undefined;
    const expected = resultOf(this.#edition);
    if (result !== expected) {
      const how = ended.signal ?? `exit ${ended.code}`;
      this.#say(`${how}, ${String(result)} not ${expected}\n${ended.stdout}\n${ended.stderr}`);
    }
    this.#edition += 1;
  }

  #say(problem: string): void {
    this.problems.push(`edition ${this.#edition}: ${problem}`);
  }
}

type LaneCall = Shown['calls'][number] & {
  readonly inputs: readonly { readonly digest: string }[];
};

interface LaneShown extends Shown {
  readonly calls: readonly LaneCall[];
}

function identity({ task, key, inputs }: LaneCall): string {
  return key ?? `${task}(${inputs.map(({ digest }) => digest).join()})`;
}

/** What the pipeline gives for an edition. */
export function resultOf(edition: number): number {
  const rolled = (id: number): number => (id * 7) % 11;
  let chain = 0;
  for (let id = 1; id <= 12; id += 1) {
    chain = (chain * 31 + edition) % 1_000_003;
    if (id % 4 === 0) chain += edition + id + rolled(id);
  }
  return 204 + [21, 22, 23, 24].reduce((sum, id) => sum + rolled(id), 0) + chain + edition;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was quicker.
  }
}
