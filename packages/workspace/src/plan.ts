import type { Analysis } from '@skein/analysis';
import { planRun } from '@skein/engine';
import type { Plan, Result } from '@skein/model';
import { encodeArguments } from './arguments.ts';
import { loadConfig } from './config.ts';
import type { PlanRequest } from './contract.ts';
import { type Executors, makeExecutors } from './executors.ts';
import { forcedTasks } from './forced-tasks.ts';
import { History } from './history.ts';
import type { Opened } from './opened.ts';
import { pastExecutions } from './past-executions.ts';
import { bundleOf, prepare } from './start.ts';
import { hostCapacity } from './system.ts';

/**
 * What a run would do. Nothing of the author's code runs but what says which tasks there are, and
 * nothing is written but what is only remembered: that is what opening the journal is for, which
 * also folds what a run that died had not folded yet.
 */
export async function plan(
  opened: Opened,
  analysis: Analysis,
  request: PlanRequest,
): Promise<Result<Plan>> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  const journal = opened.state.openJournal(opened.warn);
  if (!journal.ok) return journal;
  const executors = makeExecutors(opened, request.executor ?? 'pool', config.value);
  try {
    return await planWith(opened, { analysis, request, executors, tokens: config.value.tokens });
  } finally {
    await executors.close();
    journal.value.close();
  }
}

async function planWith(
  opened: Opened,
  of: {
    readonly analysis: Analysis;
    readonly request: PlanRequest;
    readonly executors: Executors;
    readonly tokens: Parameters<typeof hostCapacity>[0];
  },
): Promise<Result<Plan>> {
  const { analysis, request, executors } = of;
  const { state, clock } = opened;
  const args = await encodeArguments(request.args, opened.files);
  if (!args.ok) return args;
  const forceTasks = forcedTasks(analysis, request);
  if (!forceTasks.ok) return forceTasks;
  const bundle = bundleOf(opened, analysis);
  const ready = await prepare(opened, { analysis, bundle, executors, request: {} });
  if (!ready.ok) return ready;
  const { manifests } = analysis;
  const capacity = hostCapacity(of.tokens);
  const history = new History(state.traces, analysis);
  const { edges } = analysis.callGraph();
  const { task, override } = request;
  return await planRun(
    {
      clock,
      capacity,
      traces: state.traces,
      blobs: state.blobs,
      code: ready.value.code,
      world: ready.value.world,
      explain: (one, inputs, given) => history.explain(one, inputs, given),
      past: pastExecutions(state, { task, manifests }),
      mayCall: (caller) => edges.filter(({ from }) => from === caller).map(({ to }) => to),
      workers: request.executor === 'inline' ? 1 : Math.max(1, capacity.cpu),
    },
    {
      task,
      override,
      args: args.value,
      force: request.force ?? false,
      forceTasks: forceTasks.value,
      strict: request.strict ?? false,
    },
  );
}
