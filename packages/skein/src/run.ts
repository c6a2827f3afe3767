import { randomBytes } from 'node:crypto';
import { RUN_ID_BYTES, makeRunId } from '@skein/model';
import type { RunId } from '@skein/model';
import type { AnyTask } from '@skein/sdk';
import type { RunOptions, RunResult } from './run-result.ts';

/** A run that was asked for. */
export interface Running<R> {
  readonly id: RunId;
  /** Never rejects for the pipeline's failures, nor for bad input; only on a bug of Skein. */
  readonly done: Promise<RunResult<R>>;
  cancel(): void;
}

/** A task with the arguments and result that `run` needs to know. */
export type RunnableTask<A extends readonly unknown[], R> = ((...args: A) => Promise<R>) & {
  override: unknown;
};

/**
 * Runs a task by the engine of the `skein` command. The entry is the module that declares the
 * task; workers load that module, not this program. Prints nothing. The engine is loaded on
 * first use, so that importing `skein` stays light.
 */
export function run<A extends readonly unknown[], R>(
  task: RunnableTask<A, R>,
  args: A,
  options: RunOptions = {},
): Running<R> {
  const controller = new AbortController();
  const cancel = (): void => controller.abort();
  // What callers without types hand over is refused by the engine, as a result.
  const given: unknown = (options as RunOptions | null)?.signal;
  const signal = given instanceof AbortSignal ? given : undefined;
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  const id = makeRunId(Date.now(), randomBytes(RUN_ID_BYTES).toString('hex'));
  const start = async (): Promise<RunResult<R>> => {
    const { runFromProgram } = await import('./run-from-program.ts');
    const request = { id, task: task as unknown as AnyTask, args, options, run };
    const ended = await runFromProgram(request, controller.signal);
    signal?.removeEventListener('abort', cancel);
    return ended as RunResult<R>;
  };
  return { id, done: start(), cancel };
}
