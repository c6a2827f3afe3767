import type { ActionState } from '@skein/journal';
import { imageOf, platformWith } from '@skein/model';
import type { ActionNumber, Change, LogPrefix, Reason, RunId, TaskId } from '@skein/model';
import { actionKey } from './key.ts';
import { describeTask } from './describe.ts';
import { type EarlierRun } from './earlier-run.ts';
import { callsIn, foresee } from './foresee.ts';
import type { RunFrame } from './frame.ts';
import { logged, newForesight } from './logs.ts';
import { checkPlain } from './plain.ts';
import { platformChanges } from './platform-changes.ts';
import { type PreparedTask, keyInputs, withOmitted } from './prepare.ts';
import { READ_ONLY } from './untraced.ts';
import type { Resumption } from './resumption.ts';

/*
 * Whether an earlier action would be made of the same code and data today (R2, R3). What this file
 * owns: what its result stood on.
 * M1  Its own code, variables, platform; what it observed; what its process's log held of
 *     observations and calls; and all of that of every action that it called.
 * M2  Nothing is executed to find out. What nobody knows counts as different.
 * M3  An action is looked at once a run, and before it what it stands on, without recursion: a
 *     chain of calls may be very long.
 */

/** How today differs from what an action stood on. */
export interface Difference {
  readonly reason: Reason;
  /** The same for what is at the bottom of it: the action itself, or one beneath. */
  readonly cause: Reason;
}

/** Something on record that others stand on. */
type Ground =
  | { readonly kind: 'action'; readonly run: EarlierRun; readonly action: ActionState }
  | { readonly kind: 'log'; readonly run: EarlierRun; readonly log: LogPrefix };

interface Footing {
  /** What differs about the ground itself. */
  readonly own: Difference | undefined;
  readonly below: readonly Ground[];
}

const SAME: Footing = { own: undefined, below: [] };

export class MadeOtherwise {
  readonly #frame: () => RunFrame;
  readonly #runs: readonly EarlierRun[];
  readonly #changes: Resumption['changes'];
  readonly #options = new Map<string, Difference | undefined>();
  #known = new Map<ActionState | string, Difference | undefined>();

  constructor(
    frame: () => RunFrame,
    of: { readonly runs: readonly EarlierRun[]; readonly changes: Resumption['changes'] },
  ) {
    this.#frame = frame;
    this.#runs = of.runs;
    this.#changes = of.changes;
  }

  /** `undefined`: nothing differs. */
  async of(run: EarlierRun, number: ActionNumber): Promise<Difference | undefined> {
    const action = run.action(number);
    if (action === undefined) return UNKNOWN;
    const known = this.#known;
    if (known.has(action)) return known.get(action);
    const entered = new Map<ActionState | string, Footing>();
    const stack: Ground[] = [{ kind: 'action', run, action }];
    for (let ground = stack.at(-1); ground !== undefined; ground = stack.at(-1)) {
      const name = nameOf(ground);
      const footing = entered.get(name);
      if (known.has(name)) {
        stack.pop();
      } else if (footing !== undefined) {
        stack.pop();
        known.set(name, footing.own ?? this.#below(footing, known));
      } else {
        const found = await this.#footing(ground);
        entered.set(name, found);
        if (found.own !== undefined) continue;
        for (const one of found.below) if (!known.has(nameOf(one))) stack.push(one);
      }
    }
    return known.get(action);
  }

  forget(): void {
    this.#known = new Map();
  }

  /** What stands on itself is damaged: nobody can tell. */
  #below(
    { below }: Footing,
    known: ReadonlyMap<ActionState | string, Difference | undefined>,
  ): Difference | undefined {
    for (const one of below) {
      const name = nameOf(one);
      const difference = known.has(name) ? known.get(name) : UNKNOWN;
      if (difference === undefined) continue;
      if (one.kind === 'log') return difference;
      const task = describeTask(one.action.task);
      return { reason: { kind: 'child-changed', task }, cause: difference.cause };
    }
    return undefined;
  }

  #footing(ground: Ground): Footing | Promise<Footing> {
    if (ground.kind === 'log') return this.#log(ground.run, ground.log);
    const { verdict } = ground.action;
    if (verdict.kind === 'adopt') return this.#adopted(ground.action);
    if (verdict.kind === 'reuse') return this.#reused(ground.run, ground.action);
    return this.#executed(ground.run, ground.action);
  }

  #adopted({ verdict }: ActionState): Footing {
    const { reason } = verdict;
    if (reason.kind !== 'adopted') return { own: UNKNOWN, below: [] };
    const run = this.#runs.find((one) => one.run === reason.run);
    const action = run?.action(reason.action);
    if (run === undefined || action === undefined) return { own: UNKNOWN, below: [] };
    return { own: undefined, below: [{ kind: 'action', run, action }] };
  }

  /** Its calls are not on record: what executed for it, or what is known of the call today. */
  async #reused(run: EarlierRun, action: ActionState): Promise<Footing> {
    const number = run.executed(action);
    const executed = number === undefined ? undefined : run.action(number);
    if (executed !== undefined) {
      return { own: undefined, below: [{ kind: 'action', run, action: executed }] };
    }
    const inputs = action.inputs.map(({ digest }) => digest);
    const { task, override, outcome } = action;
    if (outcome === undefined) return { own: UNKNOWN, below: [] };
    const call = { task, inputs, override, outcome: outcome.digest };
    const foreseen = await foresee(this.#frame(), call, newForesight());
    if (foreseen.outcome === outcome.digest) return SAME;
    const own = this.#code(run.run, action.task) ?? this.#machine(run, action) ?? UNKNOWN;
    return { own, below: [] };
  }

  async #executed(run: EarlierRun, action: ActionState): Promise<Footing> {
    const { task: id, override } = action;
    const ready = this.#frame().tasks.ready(id, override, action.key !== null);
    const prepared = ready instanceof Promise ? await ready : ready;
    if (!prepared.ok) return { own: UNKNOWN, below: [] };
    const task = prepared.value;
    const inputs = withOmitted(
      task,
      action.inputs.map(({ digest }) => digest),
    );
    const key = task.caching ? actionKey(task.prefix, keyInputs(task, inputs)) : null;
    const isSameKey = key !== null && key === action.key;
    // Below a version only its string and its options count (Q4).
    if (isSameKey && task.vouched) return SAME;
    const made = isSameKey ? undefined : this.#optionsOf(run, action, task);
    const own = made ?? (await this.#observed(action));
    if (own !== undefined) return { own, below: [] };
    const children = action.children.flatMap((number): Ground[] => {
      const child = run.action(number);
      return child === undefined ? [] : [{ kind: 'action', run, action: child }];
    });
    if (action.log === null) return { own, below: children };
    return { own, below: [...children, { kind: 'log', run, log: action.log }] };
  }

  async #observed({ untraced, waves }: ActionState): Promise<Difference | undefined> {
    if (untraced !== undefined && untraced !== READ_ONLY) {
      return ownDifference({ kind: 'untraced', why: untraced });
    }
    for (const wave of waves) {
      const { changed } = await checkPlain(this.#frame(), wave);
      if (changed !== undefined) return ownDifference(changed);
    }
    return undefined;
  }

  /** Code, variables, platform and what else the key covers: the same for all calls of a kind. */
  #optionsOf(run: EarlierRun, action: ActionState, task: PreparedTask): Difference | undefined {
    const name = `${run.run}|${task.identity}|${action.key === null ? 'uncached' : 'cached'}`;
    if (!this.#options.has(name)) {
      const made = this.#changed(run, action, task);
      // Where both have keys, these differ all the same.
      const isKeyed = action.key !== null && task.caching;
      this.#options.set(name, made ?? (isKeyed ? OPTIONS : undefined));
    }
    return this.#options.get(name);
  }

  #changed(run: EarlierRun, action: ActionState, task: PreparedTask): Difference | undefined {
    const code = this.#changes(run.run, task.id);
    if (code === undefined) return UNKNOWN;
    const platform = platformWith(run.state.started.platform, action.image);
    const changes = [
      ...(code.length > 0 ? code : this.#variables(run, task)),
      ...platformChanges(platform, task.base.platform),
    ];
    return changes.length === 0 ? undefined : ownDifference({ kind: 'key-changed', changes });
  }

  /** What a reused action had run in is not on record: only the machine's own can be told. */
  #machine({ state }: EarlierRun, { task, override }: ActionState): Difference | undefined {
    const prepared = this.#frame().tasks.prepare(task, override, true);
    if (!prepared.ok || imageOf(prepared.value.base.platform) !== undefined) return undefined;
    const changes = platformChanges(state.started.platform, prepared.value.base.platform);
    return changes.length === 0 ? undefined : ownDifference({ kind: 'key-changed', changes });
  }

  #code(run: RunId, task: TaskId): Difference | undefined {
    const changes = this.#changes(run, task);
    if (changes === undefined) return UNKNOWN;
    return changes.length === 0 ? undefined : ownDifference({ kind: 'key-changed', changes });
  }

  /** What a call itself set is the same as then: otherwise it were another call. */
  #variables(run: EarlierRun, { id, base, options }: PreparedTask): readonly Change[] {
    const { variables = {} } = run.state.started;
    const declared = this.#frame().tasks.prepare(id, undefined, true);
    const isOverridden = !declared.ok || declared.value.options.variables !== options.variables;
    const changes: Change[] = [];
    for (const { name, digest } of base.variables) {
      if (isOverridden && options.variables[name]?.kind === 'set') continue;
      if (!Object.hasOwn(variables, name)) changes.push({ kind: 'declared', name, before: false });
      else if (variables[name] !== digest) changes.push({ kind: 'variable', name });
    }
    return changes;
  }

  /** One chunk; what was observed before it lies beneath. */
  async #log(run: EarlierRun, log: LogPrefix): Promise<Footing> {
    const chunk = this.#frame().logs.read(log);
    if (chunk === undefined) return { own: ownDifference({ kind: 'log-missing' }), below: [] };
    const { changed } = await checkPlain(this.#frame(), chunk.observations);
    if (changed !== undefined) return { own: ownDifference(logged(changed)), below: [] };
    const below: Ground[] = [];
    if (chunk.previous !== null) below.push({ kind: 'log', run, log: chunk.previous });
    for (const call of chunk.observations.flatMap(callsIn)) {
      const inputs = call.inputs.map((digest) => ({ digest }));
      const { task, override, outcome } = call;
      const identity = run.identityOf({
        task,
        inputs,
        ...(override === undefined ? {} : { override }),
      });
      const number = identity && run.withOutcome(identity.exact, outcome);
      const action = number === undefined ? undefined : run.action(number);
      if (action === undefined) {
        const reason = { kind: 'logged-call-changed', task: describeTask(task) } as const;
        return { own: ownDifference(reason), below: [] };
      }
      below.push({ kind: 'action', run, action });
    }
    return { own: undefined, below };
  }
}

const UNKNOWN: Difference = ownDifference({ kind: 'code-unknown' });
const OPTIONS: Difference = ownDifference({
  kind: 'key-changed',
  changes: [{ kind: 'setting', name: 'options' }],
});

function ownDifference(reason: Reason): Difference {
  return { reason, cause: reason };
}

function nameOf(ground: Ground): ActionState | string {
  return ground.kind === 'action' ? ground.action : `${ground.run.run} ${ground.log.digest}`;
}
