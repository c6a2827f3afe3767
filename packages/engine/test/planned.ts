import { encode } from '@skein/values';
import type { Plan, ResumePlan, TaskId } from '@skein/model';
import { type PastExecution, planResume, planRun } from '../src/index.ts';
import type { PlanDraft } from '../src/plan-draft.ts';
import { type PlanParts, type PlanRequest, draftPlan } from '../src/plan.ts';
import type { Resumption } from '../src/resumption.ts';
import { Outside, type Program, type RunSettings, type Stores, codeOf } from './scripted.ts';
import { ScriptedWorld } from './scripted-world.ts';

type Settings = Pick<
  RunSettings,
  'force' | 'forceTasks' | 'strict' | 'outside' | 'at' | 'slow' | 'far' | 'images'
>;

type PlannedCall = {
  readonly entry: string;
  readonly args?: readonly unknown[];
  readonly past?: Readonly<Record<string, readonly PastExecution[]>>;
  readonly mayCall?: Readonly<Record<string, readonly string[]>>;
  readonly workers?: number;
} & Settings;

/** Plans the program's entry task on these stores, as the command would. */
export async function planScripted(
  program: Program,
  stores: Stores,
  call: PlannedCall,
): Promise<Plan> {
  const planned = await planRun(...asked(program, stores, call));
  if (!planned.ok) throw new Error(planned.failure.headline);
  return planned.value;
}

/** The same before it is added up. */
export async function draftScripted(
  program: Program,
  stores: Stores,
  call: PlannedCall,
): Promise<PlanDraft> {
  const drafted = await draftPlan(...asked(program, stores, call));
  if (!drafted.ok) throw new Error(drafted.failure.headline);
  return drafted.value;
}

/** What going on from earlier runs would do. */
export async function planResumed(
  program: Program,
  stores: Stores,
  call: PlannedCall & { readonly resume: Resumption },
): Promise<ResumePlan> {
  const [parts, request] = asked(program, stores, call);
  const planned = await planResume(parts, { ...request, resume: call.resume });
  if (!planned.ok) throw new Error(planned.failure.headline);
  return planned.value;
}

function asked(
  program: Program,
  stores: Stores,
  call: PlannedCall,
): [parts: PlanParts, request: PlanRequest] {
  const outside = call.outside ?? new Outside();
  return [
    {
      clock: { now: () => call.at ?? 1_000, elapsed: () => 0 },
      ...stores,
      code: codeOf(program, outside, call.images),
      capacity: { cpu: 2, memoryBytes: 2 ** 30, gpus: [], diskBytes: 2 ** 40, tokens: {} },
      world: new ScriptedWorld(outside, call.slow ?? false),
      explain: () => ({ kind: 'never-executed' }),
      past: (task) => call.past?.[task] ?? [],
      mayCall: (task) => (call.mayCall?.[task] ?? []) as TaskId[],
      workers: call.workers ?? 2,
      ...(call.far === undefined ? {} : { far: call.far }),
    },
    {
      task: call.entry as TaskId,
      args: (call.args ?? []).map((arg) => encode(arg)),
      force: call.force ?? false,
      forceTasks: new Set(call.forceTasks as TaskId[] | undefined),
      strict: call.strict ?? false,
    },
  ];
}
