import type { Analysis } from '@skein/analysis';
import { type PlanParts, type PlanRequest as EnginePlanRequest, planRun } from '@skein/engine';
import type { Plan, Result } from '@skein/model';
import { succeed } from '@skein/model';
import { encodeArguments } from './arguments.ts';
import { hostCapacity } from './capacity.ts';
import { type Config, loadConfig } from './config.ts';
import { connectRemote, greet } from './connect-remote.ts';
import type { PlanRequest } from './contract.ts';
import { type Executors, makeExecutors } from './executors.ts';
import { forcedTasks } from './forced-tasks.ts';
import { History } from './history.ts';
import type { Opened } from './opened.ts';
import { pastExecutions } from './past-executions.ts';
import { RunImages } from './run-images.ts';
import type { RunRemote } from './run-remote.ts';
import { bundleOf, prepare } from './prepare.ts';

/**
 * What a run would do. Nothing of the author's code runs but what says which tasks there are, and
 * nothing is written but what is only remembered: that is what opening the journal is for, which
 * also folds what a run that died had not folded yet.
 */
export function plan(
  opened: Opened,
  analysis: Analysis,
  request: PlanRequest,
): Promise<Result<Plan>> {
  return planning(opened, { analysis, request }, ({ parts, asked }) => planRun(parts, asked));
}

/** What a plan is made with. */
export interface Planning {
  readonly parts: PlanParts;
  readonly asked: EnginePlanRequest;
}

/** Has a plan made with everything a run would have, and closes it again. */
export async function planning<T>(
  opened: Opened,
  of: { readonly analysis: Analysis; readonly request: PlanRequest },
  make: (planning: Planning) => Promise<Result<T>>,
): Promise<Result<T>> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  const remote = connectedRemote(opened, config.value, of.request);
  if (!remote.ok) return remote;
  const journal = opened.state.openJournal(opened.warn);
  if (!journal.ok) return journal;
  const executors = makeExecutors(opened, of.request.executor, config.value);
  try {
    const ready = await prepared(opened, {
      ...of,
      executors,
      config: config.value,
      remote: remote.value,
    });
    return ready.ok ? await make(ready.value) : ready;
  } finally {
    await executors.close();
    journal.value.close();
  }
}

/** A plan asks what a run would find, and shares nothing. */
function connectedRemote(
  opened: Opened,
  config: Config,
  request: PlanRequest,
): Result<RunRemote | undefined> {
  const connected = connectRemote(opened, config, { ...request, readOnly: true });
  if (!connected.ok) return connected;
  const { remote, warnings } = connected.value;
  for (const warning of warnings) opened.warn(warning);
  remote?.onWarning(opened.warn);
  return succeed(remote);
}

async function prepared(
  opened: Opened,
  of: {
    readonly analysis: Analysis;
    readonly request: PlanRequest;
    readonly executors: Executors;
    readonly config: Config;
    readonly remote: RunRemote | undefined;
  },
): Promise<Result<Planning>> {
  const { analysis, request, executors, remote } = of;
  const { state, clock } = opened;
  const args = await encodeArguments(request.args, opened.files);
  if (!args.ok) return args;
  const forceTasks = forcedTasks(analysis, request);
  if (!forceTasks.ok) return forceTasks;
  const bundle = bundleOf(opened, analysis);
  const greeted = greet(opened, remote);
  const { config } = of;
  const images = new RunImages(opened, {
    config,
    use: 'plan',
    tell: request.onImage ?? (() => undefined),
  });
  const { task, override } = request;
  const wiring = { analysis, bundle, executors, images, request: { ...request, readOnly: false } };
  const ready = await prepare(opened, wiring);
  if (!ready.ok) return ready;
  await greeted;
  const { manifests } = analysis;
  const capacity = hostCapacity(config, { state: state.path, environment: opened.environment });
  const history = new History(state.traces, analysis);
  const { edges } = analysis.callGraph();
  return succeed({
    parts: {
      clock,
      capacity,
      traces: state.traces,
      blobs: state.blobs,
      code: ready.value.code,
      world: ready.value.world,
      ...(remote === undefined ? {} : { far: remote }),
      explain: (one, inputs, given) => history.explain(one, inputs, given),
      past: pastExecutions(state, { task, manifests }),
      mayCall: (caller) => edges.filter(({ from }) => from === caller).map(({ to }) => to),
      workers: request.executor === 'inline' ? 1 : Math.max(1, capacity.cpu),
    },
    asked: {
      task,
      override,
      args: args.value,
      force: request.force ?? false,
      forceTasks: forceTasks.value,
      strict: request.strict ?? false,
    },
  });
}
