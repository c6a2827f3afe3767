import { join } from 'node:path';
import { OMITTED, referencesIn } from '@skein/values';
import type { Digest } from '@skein/values';
import { recallInputs } from '@skein/engine';
import { type RunState, entryAction, isAlive, listRuns, readRun } from '@skein/journal';
import type { Failure, Result, RunOverview, RunStatus } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { RecordedArgument } from './arguments.ts';
import type { EarlierInput, Resumable, ResumableRequest } from './contract.ts';
import { taskName } from '@skein/view';
import type { Opened } from './opened.ts';

/** A run that ended so has something left to do. */
const UNFINISHED: readonly RunStatus[] = ['failed', 'cancelled', 'interrupted'];

/**
 * The run that a resume goes on from, with what its entry was called with. Fails with
 * `run-not-found`, or `run-still-running`.
 */
export async function resumable(
  opened: Opened,
  request: ResumableRequest,
): Promise<Result<Resumable>> {
  const chosen = choose(opened, request);
  if (!chosen.ok) return chosen;
  const read = readRun(opened.state.db, chosen.value, isAlive);
  if (!read.ok) return read;
  const state = read.value;
  if (!isWanted(opened, state.overview, request)) return fail(notOfThese(state, request));
  if (state.overview.status === 'running') return fail(stillRunning(state));
  const action = entryAction(state);
  const recorded = action?.inputs ?? state.started.inputs;
  const override = action?.override ?? state.started.override;
  const inputs = recorded === undefined ? undefined : await inputsOf(opened, recorded);
  return succeed({
    state,
    entry: join(opened.root, state.started.entry),
    ...(override === undefined ? {} : { override }),
    ...(inputs === undefined ? {} : { inputs }),
  });
}

/** The name of a run that is to be read: the newest that is not over, or as it was named. */
function choose(opened: Opened, request: ResumableRequest): Result<string> {
  const { run } = request;
  if (run !== undefined && run !== 'last') return succeed(run);
  const listed = listRuns(opened.state.db, { limit: Number.POSITIVE_INFINITY }, isAlive);
  if (!listed.ok) return listed;
  const wanted = listed.value.filter((one) => isWanted(opened, one, request));
  const found = wanted.find(({ status }) => run === 'last' || UNFINISHED.includes(status));
  return found === undefined ? fail(nothingLeft(wanted, request)) : succeed(found.run);
}

function isWanted(
  { root }: Opened,
  overview: RunOverview,
  { entry, task }: ResumableRequest,
): boolean {
  if (entry !== undefined && join(root, overview.entry) !== entry) return false;
  return task === undefined || overview.task === task || taskName(overview.task) === task;
}

/** Inputs of an action, as they can be given to another run. */
export async function inputsOf(
  opened: Opened,
  recorded: readonly { readonly digest: Digest; readonly bytes?: Uint8Array }[],
): Promise<readonly EarlierInput[]> {
  const inputs: EarlierInput[] = [];
  for (const { digest, bytes } of recorded) {
    if (digest === OMITTED) {
      inputs.push({ kind: 'omitted' });
      continue;
    }
    const recalled = bytes === undefined ? await recallInputs(opened.state, [digest]) : [bytes];
    const found = recalled?.[0] ?? undefined;
    const gone = found === undefined ? digest : await goneFile(opened, found);
    if (found === undefined || gone !== undefined) {
      inputs.push({ kind: 'gone', what: `${found === undefined ? '' : 'file '}${gone ?? digest}` });
    } else inputs.push({ kind: 'kept', argument: new RecordedArgument(found), bytes: found });
  }
  return inputs;
}

/** Of the files that a value names the first whose content is nowhere. */
async function goneFile({ files, state }: Opened, bytes: Uint8Array): Promise<string | undefined> {
  for (const reference of referencesIn(bytes)) {
    if (reference.kind === 'task') continue;
    const contents = reference.kind === 'file' ? [reference] : reference.entries;
    for (const { digest } of contents) {
      if (await files.has(digest)) continue;
      const artifact = state.traces.artifactOf(digest);
      const there = artifact !== undefined && (await state.blobs.has(artifact));
      if (!there) return reference.kind === 'file' ? `"${reference.name}" ${digest}` : digest;
    }
  }
  return undefined;
}

function stillRunning({ overview, started }: RunState): Failure {
  return {
    code: 'run-still-running',
    kind: 'usage',
    headline: 'the run is still running',
    facts: [
      ['run', overview.run],
      ['pid', String(started.process.pid)],
      ['host', started.process.host],
      ['since', new Date(started.at).toISOString()],
    ],
    hint: 'wait for its end, or interrupt it first',
  };
}

function nothingLeft([newest]: readonly RunOverview[], request: ResumableRequest): Failure {
  if (newest === undefined) {
    return {
      code: 'run-not-found',
      kind: 'usage',
      headline: `no${(request.entry ?? request.task) ? ' such' : ''} run is recorded yet`,
      facts: askedFor(request),
      hint: 'start one with `skein run <file>`',
    };
  }
  const running = newest.status === 'running';
  return {
    code: 'run-not-found',
    kind: 'usage',
    headline: 'no run has anything left to do',
    facts: [[running ? 'running' : 'newest', describe(newest)]],
    hint: running
      ? 'wait for its end, or interrupt it first'
      : '`skein runs` lists them; a run that succeeded is gone on from by its name',
  };
}

function notOfThese({ overview }: RunState, request: ResumableRequest): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'the run to go on from is one of another task',
    facts: [['run', overview.run], ['its task', overview.task], ...askedFor(request)],
    hint: 'name a run of the same task, or run it without resuming',
  };
}

function askedFor({ entry, task }: ResumableRequest): Failure['facts'] {
  return [
    ...(entry === undefined ? [] : [['file', entry] as const]),
    ...(task === undefined ? [] : [['task', task] as const]),
  ];
}

function describe({ run, task, status }: RunOverview): string {
  return `${run} ${task}, ${status}`;
}
