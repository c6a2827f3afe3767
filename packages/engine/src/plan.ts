import type { Digest } from '@skein/values';
import type { Plan, Result, RunId, TaskId } from '@skein/model';
import { succeed } from '@skein/model';
import { Admission } from './admit.ts';
import { Adoptions } from './adoptions.ts';
import { DeepSummaries } from './deep-summaries.ts';
import { EarlierRuns } from './earlier-runs.ts';
import { FarAway } from './far-away.ts';
import { Flights } from './flight.ts';
import type { RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import { PlanDraft } from './plan-draft.ts';
import type { PastExecution } from './plan-outlook.ts';
import { Outlooks } from './plan-outlooks.ts';
import { Known } from './known.ts';
import { Presence } from './presence.ts';
import { PreparedTasks, keyInputs } from './prepare.ts';
import { ProcessLogs } from './process-log.ts';
import { RecentInputs } from './recent-inputs.ts';
import type { RunParts, RunRequest } from './run.ts';
import { specFromArgs } from './spec.ts';
import type { Resumption } from './resumption.ts';
import { Taints } from './taints.ts';
import { Writes } from './writes.ts';

/** The machinery a plan is made with: that of a run, without what would execute or record. */
export interface PlanParts extends Pick<
  RunParts,
  'clock' | 'traces' | 'blobs' | 'far' | 'code' | 'capacity' | 'world' | 'explain'
> {
  /** Executions of a task that left no trace, the newest first. */
  readonly past: (task: TaskId) => readonly PastExecution[];
  /** Tasks that a task's code names. */
  readonly mayCall: (task: TaskId) => readonly TaskId[];
  /** How many actions run at the same time at most. */
  readonly workers: number;
}

/** What a run would be asked for. */
export type PlanRequest = Pick<
  RunRequest,
  'task' | 'args' | 'override' | 'force' | 'forceTasks' | 'strict'
>;

/**
 * What a run would execute and what it would reuse, without executing or recording anything. What
 * the entry's options make impossible is a failure, as it is for a run.
 */
export async function planRun(parts: PlanParts, request: PlanRequest): Promise<Result<Plan>> {
  const draft = await draftPlan(parts, request);
  if (!draft.ok) return draft;
  const { value } = draft;
  return succeed({
    task: request.task,
    counts: value.counts(),
    time: value.time(parts.workers),
    tasks: value.tasks(),
    actions: value.actions(),
    mayCall: value.mayCall,
  });
}

/** The same before it is added up. */
export async function draftPlan(
  parts: PlanParts,
  request: PlanRequest,
): Promise<Result<PlanDraft>> {
  const frame = planFrame(parts, request);
  const task = await frame.tasks.ready(request.task, request.override, false);
  if (!task.ok) return task;
  const { inputs } = specFromArgs(task.value, request.args, {
    groups: [],
    override: request.override,
  });
  const key = task.value.caching
    ? actionKey(task.value.prefix, keyInputs(task.value, inputs))
    : null;
  const { past, mayCall } = parts;
  const entry = { task: task.value, inputs, override: request.override, key, given: request.args };
  const outlook = await new Outlooks({ frame, past, mayCall }).of(entry, 'caller');
  const draft = new PlanDraft();
  if (outlook !== undefined) draft.add(outlook);
  return succeed(draft);
}

/** A run's frame in which nothing can be executed or told. */
export function planFrame(
  parts: PlanParts,
  request: PlanRequest,
  resumption?: Resumption,
): RunFrame {
  const writes = new Writes();
  const taints = new Taints();
  const tasks = new PreparedTasks(parts.code, request);
  const frame: RunFrame = {
    run: '' as RunId,
    clock: parts.clock,
    traces: parts.traces,
    blobs: parts.blobs,
    holdsFile: refuse,
    far: parts.far && new FarAway(() => frame, parts.far),
    bundle: refuse,
    executorFor: refuse,
    tasks,
    force: request.force,
    forceTasks: request.forceTasks,
    readOnly: true,
    strict: request.strict,
    admission: new Admission({
      capacity: parts.capacity,
      concurrency: undefined,
      onForced: refuse,
    }),
    flights: new Flights(),
    presence: new Presence(),
    known: new Known(),
    present: new Set<Digest>(),
    recent: new RecentInputs(),
    logs: new ProcessLogs(() => frame, { writes, taints }),
    writes,
    taints,
    deep: new DeepSummaries(() => frame, {
      from: Number.POSITIVE_INFINITY,
      since: parts.traces.generation(''),
    }),
    earlier:
      resumption === undefined ? undefined : new EarlierRuns(() => frame, { tasks, resumption }),
    adoptions: new Adoptions(),
    variable: parts.code.variable,
    world: parts.world,
    behaviours: parts.code.behaviours,
    explain: parts.explain,
    taken: () => undefined,
    nextAction: refuse,
    finished: refuse,
    emit: refuse,
    warn: refuse,
    checkCall: refuse,
    claimCall: refuse,
    isCancelled: () => false,
  };
  return frame;
}

function refuse(): never {
  throw new Error('a plan executes nothing');
}
