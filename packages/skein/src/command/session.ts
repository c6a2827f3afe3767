import { resolve } from 'node:path';
import type { Failure, Result } from '@skein/model';
import {
  failureJson,
  rejectedSummary,
  renderFailure,
  renderFailures,
  summaryJson,
} from '@skein/view';
import type { OpenRequest, Workspace } from '@skein/workspace';
import { EXIT, type CommandIo } from './io.ts';
import type { Output } from './output.ts';
import type { Parsed } from './parse.ts';
import type { CommandSpec } from './specs.ts';

/** What a command works with. */
export interface Session extends Reply {
  readonly io: CommandIo;
  readonly parsed: Parsed;
}

/** Where an answer goes, and in which form. */
export interface Reply {
  readonly command: CommandSpec;
  /** Absent where the command line could not be read. */
  readonly parsed?: Parsed;
  readonly output: Output;
  /** `--json`: one object on standard output, whatever happens. */
  readonly json: boolean;
}

/** Opens the workspace of a pipeline, or of the present folder. Warnings are told at once. */
export async function openFor(
  session: Session,
  file?: string,
  more: Pick<OpenRequest, 'records'> = {},
): Promise<Result<Workspace>> {
  const { io, output } = session;
  return await io.open({
    ...(file === undefined ? {} : { entry: resolve(io.cwd, file) }),
    ...more,
    cwd: io.cwd,
    environment: io.environment,
    clock: io.clock,
    warn: (warning) => void output.note(renderFailure(warning, output.errorStyle)),
  });
}

/** Opens, works, closes, whatever happens; a workspace that does not open is told and exit 2. */
export async function inWorkspace(
  session: Session,
  file: string | undefined,
  work: (workspace: Workspace) => Promise<number>,
): Promise<number> {
  const opened = await openFor(session, file);
  if (!opened.ok) return await refuse(session, [opened.failure]);
  try {
    return await work(opened.value);
  } finally {
    await opened.value.close();
  }
}

/** Tells what is wrong on standard error. Exit 2: somebody has to change something first. */
export async function refuse(reply: Reply, given: Failures): Promise<number> {
  const { command, output, json } = reply;
  const failures = withHelp(given, `skein ${command.name} --help`);
  await output.note(renderFailures(failures, output.errorStyle));
  if (json) {
    const rejected = rejectedSummary(failures, { task: null, durationMs: 0 });
    await printJson(output, runs(reply) ? summaryJson(rejected) : failureJson(failures));
  }
  return EXIT.usage;
}

/** Whether its JSON is a run's summary. */
function runs({ command, parsed }: Reply): boolean {
  if (command.name === 'run' || command.name === 'rerun') return true;
  return command.name === 'resume' && parsed?.options.has('dry-run') !== true;
}

/** Where a failure of somebody's input has no hint of its own, it says who has the list. */
export function withHelp(failures: Failures, help: string): Failures {
  const [first, ...others] = failures.map((failure) =>
    failure.hint === undefined && failure.kind === 'usage'
      ? { ...failure, hint: `see "${help}"` }
      : failure,
  );
  return first === undefined ? failures : [first, ...others];
}

export type Failures = readonly [Failure, ...Failure[]];

/** What did not succeed has a failure; none at all is a bug of ours. */
export function atLeastOne([first, ...others]: readonly Failure[]): Failures {
  if (first === undefined) throw new Error('something failed without a failure');
  return [first, ...others];
}

export async function printJson(output: Output, json: unknown): Promise<void> {
  await output.print(JSON.stringify(json, null, 2));
}
