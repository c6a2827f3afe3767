import { join } from 'node:path';
import { binOf, type Place } from './place.ts';
import { runProgram, type ProgramRun } from './run-program.ts';

/** As much of the object of `--json` as is looked at. */
export interface Summary {
  readonly status: string;
  readonly result: unknown;
  readonly actions: Readonly<Record<'total' | 'executed' | 'reused' | 'failed', number>>;
}

export interface SkeinRun extends ProgramRun {
  readonly summary: Summary;
}

/** One run of the command, as a user starts it. */
export interface SkeinRequest {
  /** The pipeline and the task, and the inputs of that. */
  readonly args: readonly string[];
  readonly state: string;
  readonly watchMemory?: boolean;
}

/** `skein run … --json`, whole process, by the link that npm made. */
export async function runSkein(place: Place, request: SkeinRequest): Promise<SkeinRun> {
  const { args, state, watchMemory = false } = request;
  const run = await runProgram({
    file: binOf(place.root, 'skein'),
    args: ['run', '--json', ...args],
    cwd: place.root,
    environment: { ...place.environment, SKEIN_STATE: state },
    watchMemory,
  });
  const summary: Summary = JSON.parse(run.stdout);
  if (summary.status !== 'succeeded') throw new Error(`ended as "${summary.status}"`);
  return { ...run, summary };
}

/** The pipeline that is measured beside nothing: ten thousand actions of real work. */
export const pipeline = join('fixtures', 'pipeline', 'src', 'main.ts');

/** Throws unless the run did what is being measured. */
export function expectExecuted(
  { summary }: SkeinRun,
  bound: { readonly atLeast: number; readonly atMost: number },
): void {
  const { executed } = summary.actions;
  if (executed >= bound.atLeast && executed <= bound.atMost) return;
  throw new Error(`executed ${executed} actions, not ${bound.atLeast} to ${bound.atMost}`);
}
