import { expect } from 'vitest';
import { checkCode, skein, type CommandRequest, type Ended } from './command.ts';
import type { Sandbox } from './sandbox.ts';

/** The one object of `skein run --json`. */
export interface Answer {
  readonly run: string | null;
  readonly status: string;
  readonly task: string | null;
  readonly result: unknown;
  readonly error: AnsweredError | null;
  readonly actions: Counts;
  readonly durationMs: number;
}

export interface AnsweredError {
  readonly class: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: unknown;
  readonly task: string | null;
  readonly inputs: Readonly<Record<string, unknown>> | null;
  readonly stack: string | null;
}

export interface Counts {
  readonly total: number;
  readonly executed: number;
  readonly reused: number;
  readonly adopted: number;
  readonly failed: number;
}

/** As much of `skein show --json` as the tests look at. */
export interface Shown {
  readonly run: string;
  readonly status: string;
  readonly actions: Counts;
  readonly calls: readonly Call[];
}

export interface Call {
  readonly action: number;
  readonly task: string;
  readonly key: string | null;
  readonly verdict: 'executed' | 'reused' | 'adopted';
  readonly reason: { readonly kind: string };
  readonly outcome: { readonly kind: string; readonly digest?: string } | null;
}

/** Standard output has to be one JSON object, and nothing besides it. */
export function answerOf(ended: Ended): Answer {
  return parse(ended) as Answer;
}

/** Runs a task to a good end, and gives the object. */
export async function runTask(
  sandbox: Sandbox,
  args: readonly string[],
  request: CommandRequest = {},
): Promise<Answer> {
  const ended = await skein(sandbox, ['run', ...args, '--json'], request);
  checkCode(ended, 0);
  const answer = answerOf(ended);
  expect(answer).toMatchObject({ status: 'succeeded', error: null });
  return answer;
}

export async function showRun(
  sandbox: Sandbox,
  run: string,
  request: CommandRequest = {},
): Promise<Shown> {
  const ended = await skein(sandbox, ['show', run, '--json'], request);
  checkCode(ended, 0);
  return parse(ended) as Shown;
}

/** Every recorded run, the newest first, as `[id, status]`. */
export async function listRuns(
  sandbox: Sandbox,
  request: CommandRequest = {},
): Promise<readonly (readonly [run: string, status: string])[]> {
  const ended = await skein(sandbox, ['runs', '--json'], request);
  checkCode(ended, 0);
  const { runs } = parse(ended) as { runs: readonly Shown[] };
  return runs.map(({ run, status }) => [run, status]);
}

/** How many actions of each task a run executed, by the name of the task. */
export function executedIn({ calls }: Shown): Readonly<Record<string, number>> {
  const executed: Record<string, number> = {};
  for (const { task, verdict } of calls) {
    if (verdict !== 'executed') continue;
    const name = task.slice(task.lastIndexOf('#') + 1);
    executed[name] = (executed[name] ?? 0) + 1;
  }
  return executed;
}

/** The same of the last run; it has to be the whole of what that run says it executed. */
export async function executedLast(
  sandbox: Sandbox,
  request: CommandRequest = {},
): Promise<Readonly<Record<string, number>>> {
  const shown = await showRun(sandbox, 'last', request);
  const executed = executedIn(shown);
  const sum = Object.values(executed).reduce((total, count) => total + count, 0);
  expect(sum).toBe(shown.actions.executed);
  return executed;
}

function parse({ stdout, stderr }: Ended): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`not one JSON object:\n${stdout}\n${stderr}`);
  }
}
