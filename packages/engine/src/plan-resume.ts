import type { ActionKey, ResumePlan, Result, TaskId } from '@skein/model';
import { entryAction } from '@skein/journal';
import { platformWith, succeed } from '@skein/model';
import type { EarlierAction } from './earlier-action.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import { LiveAction } from './live-action.ts';
import { isSomewhere } from './present.ts';
import { type PlanParts, type PlanRequest, planFrame } from './plan.ts';
import type { Fate } from './plan-outlook.ts';
import { Outlooks } from './plan-outlooks.ts';
import { type EarlierCaller, type ExpectedCall, expectedCalls } from './plan-resume-calls.ts';
import { ResumeDraft } from './plan-resume-draft.ts';
import { type Left, whyLeft } from './plan-resume-why.ts';
import { platformChanges } from './platform-changes.ts';
import { type PreparedTask, keyInputs, withOmitted } from './prepare.ts';
import type { Resumption } from './resumption.ts';
import { specFromArgs, specOf } from './spec.ts';

/*
 * What a resume would do, without doing any of it (R2). What this file owns: the walk.
 * W1  A call is asked for as a run asks: first what is known, then what an earlier run finished,
 *     then it executes (R1). `EarlierRuns` says which earlier action it is, here and there.
 * W2  Who executes is expected to call what it called then; where nothing says that it would call
 *     no other, that is told as undecided.
 * W3  What executes here has no outcome, so what follows from it is not known: whether a trace
 *     holds that needs it, for one (T2).
 */

/** What would be resumed. */
export interface ResumePlanRequest extends PlanRequest {
  readonly resume: Resumption;
}

/**
 * What a resume would adopt, reuse and execute. What the entry's options make impossible is a
 * failure, as it is for a run.
 */
export async function planResume(
  parts: PlanParts,
  request: ResumePlanRequest,
): Promise<Result<ResumePlan>> {
  const frame = planFrame(parts, request, request.resume);
  const task = await frame.tasks.ready(request.task, request.override, false);
  if (!task.ok) return task;
  const terms = { groups: [], override: request.override };
  const spec = specFromArgs(task.value, request.args, terms);
  const draft = new ResumeDraft(request);
  await new Walk(frame, { parts, request, draft }).from(spec);
  return succeed(draft.plan(frame.adoptions.summary()));
}

/** A call that is to be looked at, and who would make it. */
interface Visit {
  readonly caller: LiveAction;
  readonly spec: CallSpec;
  readonly count: number;
  /** A map that began did not come to it. */
  readonly neverStarted: boolean;
  /** It stands in the tree if it is answered; what only a check looks at does not (X8). */
  readonly listed: boolean;
}

class Walk {
  readonly #frame: RunFrame;
  readonly #parts: PlanParts;
  readonly #request: ResumePlanRequest;
  readonly #draft: ResumeDraft;
  readonly #outlooks: Outlooks;
  /** Keys of what executes: whoever asks again gets what comes out, if it is a result (T4). */
  readonly #executing = new Set<string>();

  constructor(
    frame: RunFrame,
    of: {
      readonly parts: PlanParts;
      readonly request: ResumePlanRequest;
      readonly draft: ResumeDraft;
    },
  ) {
    this.#frame = frame;
    this.#parts = of.parts;
    this.#request = of.request;
    this.#draft = of.draft;
    const { past, mayCall } = of.parts;
    this.#outlooks = new Outlooks({ frame, past, mayCall });
  }

  /** With a stack of its own: chains of calls may be deeper than ours. Callers come first. */
  async from(spec: CallSpec): Promise<void> {
    const nobody = nodeOf({ task: '' as TaskId, parent: null, caching: false });
    const neverStarted = this.#neverBegan(spec);
    const stack: Visit[] = [{ caller: nobody, spec, count: 0, neverStarted, listed: true }];
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      stack.push(...(await this.#visit(visit)).toReversed());
    }
  }

  /** The run ended before its entry, called as it is now, had begun. */
  #neverBegan({ task, inputs }: CallSpec): boolean {
    const [run] = this.#request.resume.runs;
    if (run?.started.inputs === undefined || run.actions.size > 0) return false;
    const digests = run.started.inputs.map(({ digest }) => digest);
    return withOmitted(task, digests).join() === inputs.join();
  }

  /** The calls that it would make itself. */
  async #visit(visit: Visit): Promise<readonly Visit[]> {
    const { caller, spec, count, listed } = visit;
    const { task } = spec;
    const key = task.caching ? actionKey(task.prefix, keyInputs(task, spec.inputs)) : null;
    if (key !== null && this.#executing.has(key)) {
      this.#draft.undecided(task.id, 'repeats');
      return [];
    }
    const earlier = this.#frame.earlier?.match(caller, { ...spec, count });
    const node = nodeOf({
      task: task.id,
      parent: caller,
      caching: task.caching,
      ...(earlier === undefined ? {} : { earlier }),
    });
    const fate = await this.#fate(spec, key);
    if (fate?.kind === 'reuse' && fate.ifCalled === undefined) {
      this.#frame.earlier?.take(node);
      if (listed) this.#draft.count(task.id, 'reuse');
      return [];
    }
    const left = await this.#adopt(node, { visit, fate });
    if (left === undefined) return [];
    if (key !== null) this.#executing.add(key);
    return this.#execute(node, { visit, fate, left });
  }

  async #fate(spec: CallSpec, key: ActionKey | null): Promise<Fate | undefined> {
    const { task, inputs, override, given } = spec;
    if (key === null) return undefined;
    const call = { task, inputs, override, key, ...(given === undefined ? {} : { given }) };
    return (await this.#outlooks.of(call, 'caller'))?.fate;
  }

  /** As a run adopts; why it does not, where it does not. */
  async #adopt(
    node: LiveAction,
    { visit, fate }: { readonly visit: Visit; readonly fate: Fate | undefined },
  ): Promise<Left | undefined> {
    const { spec, listed } = visit;
    const { earlier, adoptions } = this.#frame;
    const [from] = node.earlier;
    if (spec.task.forced) return { kind: 'forced' };
    if (from === undefined || earlier === undefined) return { kind: 'unknown' };
    const { outcome } = from.state;
    if (outcome?.kind !== 'result') return { kind: 'no-result', state: from.state };
    const impure = spec.task.options.strict ? earlier.impureIn(from) : undefined;
    if (impure !== undefined) return { kind: 'impure', reason: impure };
    if (!earlier.take(node)) return { kind: 'unknown' };
    const made = await from.madeOtherwise();
    if (made !== undefined && earlier.edited === 'execute') return { kind: 'edited', made };
    if (!(await isSomewhere(this.#frame, outcome))) {
      return { kind: 'bytes-missing', digest: outcome.artifact ?? outcome.digest };
    }
    // Its trace holds if what it called comes to the same, and what is adopted does. What had
    // failed is called by the check.
    const isReused = fate?.kind === 'unknown' && made === undefined;
    if (fate?.kind === 'unknown' && hasFailures(this.#recordOf(from))) {
      this.#draft.undecided(spec.task.id, 'calls-decide');
    }
    if (!listed) return undefined;
    this.#draft.count(spec.task.id, isReused ? 'reuse' : 'adopt');
    if (!isReused) adoptions.add(made === undefined ? undefined : await earlier.causeOf(from));
    return undefined;
  }

  async #execute(
    node: LiveAction,
    of: { readonly visit: Visit; readonly fate: Fate | undefined; readonly left: Left },
  ): Promise<readonly Visit[]> {
    const { visit, fate, left } = of;
    const { task } = visit.spec;
    const [from] = node.earlier;
    const own = node.earlier.map((one) => this.#recordOf(one));
    if (fate?.kind === 'unknown') {
      this.#draft.undecided(task.id, 'calls-decide');
      return this.#calls(node, { like: own, listed: false });
    }
    const why = whyLeft(left, { fate, neverStarted: visit.neverStarted });
    this.#draft.execute({
      task: task.id,
      ...(from === undefined ? {} : { earlier: { run: from.run, action: from.state.action } }),
      why,
    });
    const isEntry = visit.caller.parent === null;
    const like = own.length === 0 && isEntry ? this.#entryLike(task.id) : own;
    this.#decide(node, { visit, like: like.length > 0 });
    return this.#calls(node, { like, listed: visit.listed });
  }

  async #calls(
    node: LiveAction,
    { like, listed }: { readonly like: readonly EarlierCaller[]; readonly listed: boolean },
  ): Promise<readonly Visit[]> {
    const visits: Visit[] = [];
    for (const call of expectedCalls(like)) {
      const ready = this.#frame.tasks.ready(call.task, call.override, node.caching);
      const task = ready instanceof Promise ? await ready : ready;
      if (task.ok) visits.push(this.#called(node, { task: task.value, call, listed }));
    }
    return visits;
  }

  #recordOf({ run, state }: EarlierAction): EarlierCaller {
    const record = this.#request.resume.runs.find(({ overview }) => overview.run === run);
    return { state, actions: record?.actions ?? new Map() };
  }

  /** With other inputs the entry is no call on record: what it called then is all that is known. */
  #entryLike(task: TaskId): readonly EarlierCaller[] {
    const [run] = this.#request.resume.runs;
    const state = run === undefined ? undefined : entryAction(run);
    return run === undefined || state?.task !== task ? [] : [{ state, actions: run.actions }];
  }

  /** W2: whether it may call others than it did. */
  #decide(
    node: LiveAction,
    { visit, like }: { readonly visit: Visit; readonly like: boolean },
  ): void {
    const { task } = visit.spec;
    const { mayCall } = this.#parts;
    const [from] = node.earlier;
    const calls = from !== undefined && from.state.children.length > 0;
    if (!calls && mayCall(task.id).length === 0) return;
    if (from === undefined) {
      this.#draft.undecided(task.id, like ? 'other-inputs' : 'never-called');
      return;
    }
    const changes = this.#request.resume.changes(from.run, task.id);
    const isEdited = changes === undefined || changes.length > 0;
    if (isEdited || this.#hasMoved(task, from)) this.#draft.undecided(task.id, 'edited');
    else if (from.state.outcome?.kind !== 'result') this.#draft.undecided(task.id, 'ended-early');
  }

  /** Whether it would run elsewhere than it did. */
  #hasMoved({ base }: PreparedTask, { run, state }: EarlierAction): boolean {
    const record = this.#request.resume.runs.find(({ overview }) => overview.run === run);
    if (record === undefined) return true;
    const platform = platformWith(record.started.platform, state.image);
    return platformChanges(platform, base.platform).length > 0;
  }

  #called(
    caller: LiveAction,
    of: { readonly task: PreparedTask; readonly call: ExpectedCall; readonly listed: boolean },
  ): Visit {
    const { task, call, listed } = of;
    const { count, override, groups, neverStarted } = call;
    const inputs = withOmitted(task, call.inputs);
    const args = (): Promise<undefined> => Promise.resolve(undefined);
    const spec = specOf(task, { inputs, args, groups, override });
    return { caller, spec, count, neverStarted, listed };
  }
}

function hasFailures({ state, actions }: EarlierCaller): boolean {
  return state.children.some((child) => actions.get(child)?.outcome?.kind !== 'result');
}

/** An action that is only thought of. */
function nodeOf(
  of: Pick<LiveAction, 'task' | 'parent' | 'caching'> & Partial<Pick<LiveAction, 'earlier'>>,
): LiveAction {
  const node = new LiveAction({ ...of, groups: [], number: () => 0 });
  node.beginAttempt(1);
  return node;
}
