import { join } from 'node:path';
import { OMITTED } from '@skein/values';
import type { Analysis } from '@skein/analysis';
import { platformChanges, recallInputs } from '@skein/engine';
import { type RunState, entryAction, isAlive, readRun } from '@skein/journal';
import type {
  ActionKey,
  Failure,
  Impurity,
  PlainObservation,
  Result,
  RunSummary,
} from '@skein/model';
import { describePlatform, fail, platformWith, succeed } from '@skein/model';
import {
  type Differing,
  type VerifyReport,
  describeChange,
  describeImpurity,
  describeObserved,
} from '@skein/view';
import { analyseEntry } from './analyse-entry.ts';
import { RecordedArgument } from './arguments.ts';
import { readCode } from './code-record.ts';
import { type CallPair, compareRuns } from './compare-runs.ts';
import type { VerifyRequest } from './contract.ts';
import type { Opened } from './opened.ts';
import { outcomeChanges } from './outcome-changes.ts';
import { type CallPaths, type RecordedCall, recordedCalls } from './recorded-calls.ts';
import { start } from './start.ts';
import { throwAway } from './throw-away.ts';

/**
 * Executes a finished run again, all of it, in a copy of the state that is thrown away, and
 * compares every outcome with the recorded one. Fails with `run-not-found`, `input-missing`, or
 * what keeps a run from starting.
 */
export async function verify(
  opened: Opened,
  request: VerifyRequest,
): Promise<Result<VerifyReport>> {
  const read = readRun(opened.state.db, request.run, isAlive);
  if (!read.ok) return read;
  const state = read.value;
  const { status } = state.overview;
  if (status !== 'succeeded' && status !== 'failed') return fail(notFinished(state));
  const args = await entryArguments(opened, state);
  if (!args.ok) return args;
  const away = await throwAway(opened);
  if (!away.ok) return away;
  try {
    const again = await executeAgain(away.value.opened, state, { request, args: args.value });
    return again.ok ? succeed(await compare(opened, state, again.value)) : again;
  } finally {
    await away.value.remove();
  }
}

type Arguments = readonly (RecordedArgument | undefined)[];

async function entryArguments({ state }: Opened, run: RunState): Promise<Result<Arguments>> {
  const entry = entryAction(run);
  if (entry === undefined) return fail(notFinished(run));
  const args: (RecordedArgument | undefined)[] = [];
  for (const { digest, bytes } of entry.inputs) {
    const recalled = digest === OMITTED ? [null] : await recallInputs(state, [digest]);
    const found = bytes ?? recalled?.[0];
    if (found === undefined) return fail(inputGone(run, digest));
    args.push(found === null ? undefined : new RecordedArgument(found));
  }
  return succeed(args);
}

/** What the second execution came to, as its own state recorded it. */
interface Again {
  readonly opened: Opened;
  readonly state: RunState;
  readonly analysis: Analysis;
  readonly summary: RunSummary;
}

async function executeAgain(
  opened: Opened,
  { started }: RunState,
  of: { readonly request: VerifyRequest; readonly args: Arguments },
): Promise<Result<Again>> {
  const analysed = await analyseEntry(opened, join(opened.root, started.entry));
  if (!analysed.ok) return fail(analysed.failures[0]);
  const { executor, initiator, signal, onImage } = of.request;
  const handle = await start(opened, analysed.analysis, {
    task: started.task,
    args: of.args,
    force: true,
    readOnly: true,
    remote: 'off',
    initiator,
    ...(executor === undefined ? {} : { executor }),
    ...(signal === undefined ? {} : { signal }),
    ...(onImage === undefined ? {} : { onImage }),
  });
  if (!handle.ok) return handle;
  const summary = await handle.value.done;
  const again = readRun(opened.state.db, handle.value.run, isAlive);
  if (!again.ok) return again;
  return succeed({ opened, state: again.value, analysis: analysed.analysis, summary });
}

async function compare(opened: Opened, state: RunState, again: Again): Promise<VerifyReport> {
  const { analysis, summary } = again;
  const paths: CallPaths = new Map();
  const before = recordedCalls(opened.state, state, paths);
  const after = recordedCalls(again.opened.state, again.state, paths);
  const kept = readCode(opened.state.traces, state.started.code) ?? new Map();
  const compared = compareRuns(before, after, { before: kept, after: analysis.manifests });
  const differing: Differing[] = [];
  for (const pair of compared.differing) {
    differing.push(await explainDifference(pair, { before: opened, after: again.opened }));
  }
  const platform = platformsOf(state, again.state);
  const samePlatform = platform.before === platform.after;
  const sameCode =
    kept.get(state.started.task)?.digest === analysis.manifests.get(state.started.task)?.digest;
  const otherOptions = samePlatform && sameCode && entryKey(state) !== entryKey(again.state);
  return {
    ...compared,
    state,
    differing,
    ...(samePlatform ? {} : { platform }),
    ...(otherOptions ? { otherOptions } : {}),
    ...(summary.status === 'cancelled' ? { fatal: cancelled(state) } : {}),
    durationMs: summary.durationMs,
  };
}

/** What the entry ran on, or in: of one that was reused only the machine is on record. */
function platformsOf(before: RunState, after: RunState): Sides<string> {
  const hasRun = [before, after].every((run) => entryAction(run)?.startedAt !== undefined);
  const platformOf = (run: RunState): string => {
    const image = hasRun ? entryAction(run)?.image : undefined;
    return describePlatform(platformWith(run.started.platform, image));
  };
  return { before: platformOf(before), after: platformOf(after) };
}

function entryKey(run: RunState): ActionKey | null | undefined {
  return entryAction(run)?.key;
}

interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

async function explainDifference(pair: CallPair, opened: Sides<Opened>): Promise<Differing> {
  const { before, after, calls } = pair;
  return {
    run: before.state.overview.run,
    action: before.action,
    changes: await outcomeChanges(
      { opened: opened.before, outcome: before.action.outcome },
      { opened: opened.after, outcome: after.action.outcome },
    ),
    impurities: impuritiesOf(before, after),
    moved: movedBetween(before, after),
    observed: observedDifferently(before, after),
    calls: [...calls],
  };
}

/** Whoever executed on another machine, or in another image, may come to something else (Q6). */
function movedBetween({ made }: RecordedCall, { state, action }: RecordedCall): readonly string[] {
  if (made === undefined) return [];
  const was = platformWith(made.state.started.platform, made.action.image);
  const is = platformWith(state.started.platform, action.image);
  return platformChanges(was, is).map((change) => describeChange(change));
}

/** Those that were recorded, and those that are seen only now. */
function impuritiesOf(before: RecordedCall, after: RecordedCall): readonly Impurity[] {
  const all = [...(before.made?.action.impurities ?? []), ...after.action.impurities];
  return [...new Map(all.map((one) => [describeImpurity(one), one])).values()];
}

const OBSERVED = 10;

/** What both executions observed, each with another digest. */
function observedDifferently(before: RecordedCall, after: RecordedCall): readonly string[] {
  const old = plainObservations(before.made?.action);
  const changes: string[] = [];
  for (const [name, seen] of plainObservations(after.action)) {
    const known = old.get(name);
    if (known === undefined || known.digest === seen.digest) continue;
    changes.push(describeObserved(known, seen.digest));
  }
  return changes.slice(0, OBSERVED);
}

function plainObservations(
  action: RecordedCall['action'] | undefined,
): ReadonlyMap<string, PlainObservation> {
  const found = new Map<string, PlainObservation>();
  for (const seen of action?.waves.flat() ?? []) {
    if (seen.kind === 'call' || seen.kind === 'map') continue;
    found.set(JSON.stringify({ ...seen, digest: null }), seen);
  }
  return found;
}

function notFinished({ overview }: RunState): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'only a run that ended can be verified',
    facts: [
      ['run', overview.run],
      ['status', overview.status],
    ],
    hint: 'run it again to its end',
  };
}

function inputGone({ overview }: RunState, digest: string): Failure {
  return {
    code: 'input-missing',
    kind: 'usage',
    headline: 'an input of the run is not kept any more',
    facts: [
      ['run', overview.run],
      ['digest', digest],
    ],
    hint: 'run it again, and verify that run',
  };
}

function cancelled({ overview }: RunState): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'it was not executed to its end, but interrupted',
    facts: [['run', overview.run]],
  };
}
