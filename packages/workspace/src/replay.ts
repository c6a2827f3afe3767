import { cancelledOutcome, errorOutcome } from '@skein/engine';
import {
  type AttemptResult,
  type BundleLocation,
  type Executor,
  taskFunction,
} from '@skein/executors';
import { type ActionState, type RunState, isAlive, readRun } from '@skein/journal';
import type { ActionNumber, Failure, Outcome, Result, TaskId, TaskRow } from '@skein/model';
import { FailureError, fail, storageFailure, succeed } from '@skein/model';
import { applyOverride } from '@skein/sdk';
import type { ReplayReport } from '@skein/view';
import { loadConfig } from './config.ts';
import type { ReplayRequest } from './contract.ts';
import { differences } from './differences.ts';
import { makeExecutors } from './executors.ts';
import type { Opened } from './opened.ts';
import { outcomeChanges } from './outcome-changes.ts';
import { resultOf, reviveValue } from './read-back.ts';
import { type RecordedCode, recordedCode } from './recorded-code.ts';
import { type Execution, type ReplayCall, ReplayHost } from './replay-host.ts';
import { NOTHING_RECORDED, type ReplayRecord, replayRecord } from './replay-record.ts';
import { actionOf, recordedArguments } from './rerun.ts';
import { bundleOf } from './prepare.ts';
import { summarise } from './summary.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';

/**
 * Executes one recorded action again, in this process: recorded code, exact inputs, and what its
 * calls, checkpoints and snapshot were answered with. Records nothing. Fails with `run-not-found`,
 * `action-not-found`, `record-missing`, `disk-full`, `state-unwritable`, or what keeps the code
 * from loading.
 */
export async function replay(
  opened: Opened,
  request: ReplayRequest,
): Promise<Result<ReplayReport>> {
  const read = readRun(opened.state.db, request.run, isAlive);
  if (!read.ok) return read;
  const run = read.value;
  const found = actionOf(run, request.action);
  if (!found.ok) return found;
  const action = found.value;
  const code = await recordedCode(opened, run);
  if (!code.ok) return code;
  const args = await recordedArguments(opened, run, action);
  if (!args.ok) return args;
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  await sweepLeftovers(opened);
  const executors = makeExecutors(opened, 'inline', config.value);
  const { first: executor } = executors;
  try {
    const bundle = await bundleOf(opened, code.value.code)();
    const table = await executor.load(bundle);
    if (!table.ok) return table;
    const rows = new Map(table.value.rows.map((row) => [row.id, row]));
    const differs = (await differences(opened, run, code.value))(rows.values());
    if (differs !== undefined) opened.warn(withoutHint(differs));
    const { checkpoints } = code.value.code;
    const record = replayRecord(opened, { run, action, rows, checkpoints });
    const parts = { opened, run, executor, bundle, rows, code: code.value, request };
    const ended = await new Replay(parts).of(action, { args: args.value, record });
    return succeed(await report(opened, { run, action, ended, code: code.value }));
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    const failure = storageFailure(error, opened.state.path);
    if (failure === undefined) throw error;
    return fail(failure);
  } finally {
    await executors.close();
  }
}

/** It says what a run makes of it, and this is none. */
function withoutHint({ code, kind, headline, facts }: Failure): Failure {
  return { code, kind, headline, facts };
}

interface Parts {
  readonly opened: Opened;
  readonly run: RunState;
  readonly executor: Executor;
  readonly bundle: BundleLocation;
  readonly rows: ReadonlyMap<TaskId, TaskRow>;
  readonly code: RecordedCode;
  readonly request: ReplayRequest;
}

interface Ended {
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Calls that the record answered, and those that had to execute. */
  readonly answered: number;
  readonly executed: number;
}

type Arguments = readonly (Uint8Array | null)[];

class Replay {
  readonly #parts: Parts;
  /** Numbers for calls that are not on record: none that the run has. */
  #last: ActionNumber;
  #answered = 0;
  #executed = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#last = Math.max(...parts.run.actions.keys());
  }

  async of(
    action: ActionState,
    { args, record }: { readonly args: Arguments; readonly record: ReplayRecord },
  ): Promise<Ended> {
    const { opened, bundle, request } = this.#parts;
    const fn = await taskFunction(bundle, action.task);
    if (fn !== undefined) await request.atStart?.(fn);
    const began = opened.clock.elapsed();
    const { task, override } = action;
    const place = { number: action.action, attempt: Math.max(1, action.attempts.length), record };
    const execution = this.#start({ task, args, override }, place);
    const stop = (): void => execution.cancel();
    request.signal?.addEventListener('abort', stop, { once: true });
    if (request.signal?.aborted === true) stop();
    const outcome = await execution.outcome;
    request.signal?.removeEventListener('abort', stop);
    const durationMs = opened.clock.elapsed() - began;
    return { outcome, durationMs, answered: this.#answered, executed: this.#executed };
  }

  /** As the run would have executed it, but for what makes a run: no keys, no retries. */
  #start(
    { task, args, override }: ReplayCall,
    of: { readonly number: ActionNumber; readonly attempt: number; readonly record: ReplayRecord },
  ): Execution {
    const { run, executor, bundle, rows, code } = this.#parts;
    const row = rows.get(task);
    if (row === undefined) return ended(refused(`the recorded code has no task "${task}"`));
    const options =
      override === undefined ? succeed(row.options) : applyOverride(row.options, override);
    if (!options.ok) return ended(refused(options.failure.headline));
    const host = new ReplayHost(of.record, {
      rows,
      execute: (call) => this.#execute(call),
      ...this.#ports(),
    });
    const handle = executor.execute(
      {
        run: run.overview.run,
        action: of.number,
        attempt: of.attempt,
        parent: 0,
        task,
        bundle,
        args,
        options: options.value,
        alone: false,
        retains: code.code.behaviours.get(task)?.retains !== null,
      },
      host,
    );
    return {
      outcome: handle.done.then((result) => {
        host.close();
        return outcomeOf(result);
      }),
      cancel: () => handle.cancel('cancelled'),
    };
  }

  #execute(call: ReplayCall): Execution {
    this.#executed += 1;
    this.#last += 1;
    return this.#start(call, { number: this.#last, attempt: 1, record: NOTHING_RECORDED });
  }

  #ports(): Pick<
    ConstructorParameters<typeof ReplayHost>[1],
    'logged' | 'artifactOf' | 'isThere' | 'answered'
  > {
    const { state } = this.#parts.opened;
    return {
      logged: (stream, text) => this.#parts.request.onLog?.(stream, text),
      artifactOf: (file) => state.traces.artifactOf(file),
      isThere: async (outcome) => {
        const artifact = outcome.kind === 'result' ? outcome.artifact : undefined;
        return artifact === undefined || (await state.blobs.has(artifact));
      },
      answered: () => {
        this.#answered += 1;
      },
    };
  }
}

function ended(outcome: Outcome): Execution {
  return { outcome: Promise.resolve(outcome), cancel: () => undefined };
}

function outcomeOf(result: AttemptResult): Outcome {
  if (result.kind === 'ended') return result.outcome;
  if (result.kind === 'stopped') return cancelledOutcome();
  return errorOutcome({ class: 'WorkerLostError', message: result.message, fault: 'lost' });
}

function refused(message: string): Outcome {
  return errorOutcome({ class: 'SkeinError', message, fault: 'usage' });
}

async function report(
  opened: Opened,
  of: {
    readonly run: RunState;
    readonly action: ActionState;
    readonly ended: Ended;
    readonly code: RecordedCode;
  },
): Promise<ReplayReport> {
  const { run, action } = of;
  const { outcome, durationMs, answered, executed } = of.ended;
  const failed = outcome.kind === 'error';
  const end = {
    status: !failed ? 'succeeded' : outcome.fault === 'cancelled' ? 'cancelled' : 'failed',
    outcome,
    thrower: action.action,
    counts: { total: 1, executed: 1, reused: 0, adopted: 0, failed: failed ? 1 : 0 },
    durationMs,
    fatal: undefined,
  } as const;
  const { task } = action;
  const thrower = { task, action: action.action, inputs: inputsByName(opened, of) };
  const summary = await summarise(
    { run: run.overview.run, task, end },
    {
      valueOf: (result) => resultOf(opened, result),
      thrower: () => Promise.resolve(thrower),
    },
  );
  const equal = action.outcome && action.outcome.digest === outcome.digest;
  const before = { opened, outcome: action.outcome };
  return {
    summary,
    action: action.action,
    ...(equal === undefined ? {} : { equal }),
    changes: equal === false ? await outcomeChanges(before, { opened, outcome }) : [],
    calls: { answered, executed },
  };
}

function inputsByName(
  opened: Opened,
  { action, code }: { readonly action: ActionState; readonly code: RecordedCode },
): Readonly<Record<string, unknown>> {
  const names = code.code.tasks.find(({ id }) => id === action.task)?.parameters ?? [];
  const inputs: Record<string, unknown> = {};
  for (const [index, { digest, bytes }] of action.inputs.entries()) {
    const found = bytes ?? opened.state.traces.valueOf(digest);
    if (found !== undefined) inputs[names[index] ?? `arg${index}`] = reviveValue(opened, found);
  }
  return inputs;
}
