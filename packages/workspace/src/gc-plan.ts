import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { digestHex } from '@skein/values';
import type { Digest } from '@skein/values';
import { type RecordedRun, eventsOf, isAlive, recordedRuns } from '@skein/journal';
import type { Result, RunId } from '@skein/model';
import { succeed } from '@skein/model';
import { Pins, Survey, type SurveyedRow } from '@skein/store';
import {
  type ContentPiece,
  type Piece,
  derivedContent,
  pieceAt,
  shardedContent,
} from './gc-content.ts';
import { chooseKept } from './gc-kept.ts';
import { type Choice, type GcPolicy, chooseRuns } from './gc-policy.ts';
import { Reach } from './gc-reach.ts';
import { type ChosenTraces, Chunks, chooseTraces } from './gc-traces.ts';
import type { Opened } from './opened.ts';

/** What goes, as it was found out at one moment. Nothing is removed by making it. */
export interface GcPlan {
  readonly runs: readonly RecordedRun[];
  readonly choice: Choice;
  readonly traces: ChosenTraces;
  readonly summaries: readonly SurveyedRow[];
  /** What no record that stays names: rows, then files (W5). */
  readonly kept: readonly SurveyedRow[];
  readonly places: readonly SurveyedRow[];
  readonly artifacts: readonly Piece[];
  readonly files: readonly Piece[];
  readonly bundles: readonly Piece[];
}

export interface PlanSettings {
  readonly policy: GcPolicy;
  /** Loose files go too that an artifact holds: they can be unpacked again. */
  readonly thin: boolean;
  /** Runs that could not be removed, whatever the policy says. */
  readonly stuck: ReadonlySet<RunId>;
  readonly progress: GcProgress;
}

/** Told now and then what is being done, and how far it is. */
export type GcProgress = (what: string, done: number, total: number) => void;

/** A bundle this young may be of code that is about to run. */
const BUNDLE_MS = 86_400_000;

export async function planGc(opened: Opened, settings: PlanSettings): Promise<Result<GcPlan>> {
  const { db } = opened.state;
  const now = opened.clock.now();
  const recorded = recordedRuns(db, isAlive);
  if (!recorded.ok) return recorded;
  const pinned = new Set(new Pins(db).list().map(({ run }) => run));
  const facts = recorded.value.map((run) =>
    settings.stuck.has(run.run) ? { ...run, status: 'running' as const } : run,
  );
  const choice = chooseRuns(facts, settings.policy, { now, pinned });
  const reach = new Reach();
  const tasks = new Set<string>();
  const staying = recorded.value.filter(({ run }) => choice.stay.has(run));
  for (const [index, { number }] of staying.entries()) {
    settings.progress('reading runs', index, staying.length);
    await turn();
    for (const event of eventsOf(db, number)) {
      reach.event(event);
      if (event.kind === 'action-finished') tasks.add(event.task);
    }
    reach.endRun();
  }
  settings.progress('reading traces', 0, 0);
  await turn();
  const survey = new Survey(db);
  const chunks = new Chunks(opened.state.traces);
  const since = now - settings.policy.olderThanMs;
  const traces = chooseTraces(survey, reach, { since, now, chunks });
  for (const task of traces.tasks) tasks.add(task);
  const summaries = chooseSummaries(survey, reach);
  settings.progress('looking for what nothing names', 0, 0);
  await turn();
  const content = chooseContent(opened, { reach, survey, chunks, tasks, thin: settings.thin });
  return succeed({ runs: recorded.value, choice, traces, summaries, ...content });
}

/** A summary stays as long as a trace of its key does. */
function chooseSummaries(survey: Survey, reach: Reach): readonly SurveyedRow[] {
  const go: SurveyedRow[] = [];
  for (const { id, key, bytes, body } of survey.summaries()) {
    if (reach.keys.has(key)) reach.summary(body);
    else go.push({ id, key, bytes });
  }
  return go;
}

interface Found {
  readonly reach: Reach;
  readonly survey: Survey;
  readonly chunks: Chunks;
  readonly tasks: ReadonlySet<string>;
  readonly thin: boolean;
}

type Content = Pick<GcPlan, 'kept' | 'places' | 'artifacts' | 'files' | 'bundles'>;

function chooseContent(opened: Opened, { reach, survey, chunks, tasks, thin }: Found): Content {
  const { state, root } = opened;
  const blobs = new Map<string, ContentPiece>();
  for (const blob of shardedContent(join(state.path, 'blobs'))) blobs.set(blob.hex, blob);
  const kept = chooseKept(reach, {
    root,
    traces: state.traces,
    survey,
    chunks,
    tasks,
    blobPath: (blob: Digest) => blobs.get(digestHex(blob))?.path,
  });
  const named = new Set([...reach.artifacts].map(digestHex));
  const packed = new Set<string>();
  const places: SurveyedRow[] = [];
  for (const place of survey.files()) {
    const artifact = digestHex(place.artifact);
    if (!named.has(artifact)) places.push(place);
    else if (blobs.has(artifact)) packed.add(digestHex(place.key));
  }
  const isNeeded = (hex: string): boolean => reach.files.has(hex) && !(thin && packed.has(hex));
  return {
    kept,
    places,
    artifacts: [...blobs.values()].filter(({ hex }) => !named.has(hex)),
    files: looseFiles(join(state.path, 'files'), { reach, isNeeded, thin }),
    bundles: [...bundles(opened, reach)],
  };
}

function looseFiles(
  folder: string,
  of: {
    readonly reach: Reach;
    readonly isNeeded: (hex: string) => boolean;
    readonly thin: boolean;
  },
): readonly Piece[] {
  const go: Piece[] = [];
  for (const file of shardedContent(folder)) if (!of.isNeeded(file.hex)) go.push(file);
  for (const link of derivedContent(join(folder, 'named'))) {
    if (!of.isNeeded(link.hex)) go.push(link);
  }
  for (const made of derivedContent(join(folder, 'dirs'))) {
    if (of.thin || !of.reach.folders.has(made.hex)) go.push(made);
  }
  return go;
}

function* bundles(opened: Opened, reach: Reach): Generator<Piece> {
  const named = new Set(reach.starts.map(({ bundle }) => digestHex(bundle)));
  const young = opened.clock.now() - BUNDLE_MS;
  for (const { hex, path } of derivedContent(join(opened.state.path, 'bundles'))) {
    const piece = pieceAt(path);
    if (!named.has(hex) && piece.at < young) yield piece;
  }
}
