import { OMITTED, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { parameterName, recallInputs } from '@skein/engine';
import { type ActionState, type RunState, isAlive, listRuns, readRun } from '@skein/journal';
import type { InputChange, RunOverview } from '@skein/model';
import { type Archive, packedInputs } from './explained.ts';
import { type Signature, readLast } from './last-executions.ts';
import { type InputList, changesFromNearest } from './nearest-inputs.ts';

/** So many earlier runs of the same task are read, and no more actions than these together. */
const RUNS = 2;
const ACTIONS = 40_000;
/** So many runs are looked through for them. */
const LISTED = 200;
/** Lists with the most equal inputs whose values are fetched. */
const FETCHED = 16;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * How the inputs of an action differ from the nearest that its task was executed with before its
 * run: what the run itself had no time to find out. `undefined`: none is near.
 */
export async function inputChanges(
  archive: Archive,
  state: RunState,
  action: ActionState,
): Promise<readonly InputChange[] | undefined> {
  const last = readLast(archive.traces, action.task);
  if (last === undefined) return undefined;
  const request = { archive, action, signature: last.variants[0]?.signature ?? NAMELESS };
  const own = sameTask(state, action);
  const single = own.length === 1 && last.single;
  const listed = listRuns(archive.db, { limit: LISTED, task: state.overview.task }, isAlive);
  const runs = listed.ok ? listed.value : [];
  if (runs[0]?.run === state.overview.run) {
    const ownNames = new Set(own.map(nameOf));
    const lists = last.inputs.filter((packed) => !ownNames.has(textOf(packed)));
    const changes = await compare(request, lists, single);
    if (changes !== undefined) return changes;
  }
  const before = earlierRuns(archive, state, runs).map((run) => sameTask(run, action));
  return compare(request, before.flat().map(packedInputs), single);
}

interface Comparison {
  readonly archive: Archive;
  readonly action: ActionState;
  readonly signature: Signature;
}

async function compare(
  { archive, action, signature }: Comparison,
  lists: readonly Uint8Array[],
  single: boolean,
): Promise<readonly InputChange[] | undefined> {
  const now = action.inputs.map(({ digest }) => digest);
  const known = nearestFirst(distinct(lists), now).slice(0, FETCHED);
  const values = await fetch(archive, [now, ...known]);
  return changesFromNearest({
    known,
    now,
    nameOf: (index) => parameterName(signature, index),
    bytesOf: (digest) => values.get(digest),
    ignored: new Set(signature.ignored),
    single,
    maxBytes: MAX_BYTES,
  });
}

const NAMELESS: Signature = { parameters: [], rest: false, ignored: [] };

function sameTask(state: RunState, { task }: ActionState): readonly ActionState[] {
  return [...state.actions.values()].filter((one) => one.task === task);
}

function nameOf(action: ActionState): string {
  return textOf(packedInputs(action));
}

function textOf(packed: Uint8Array): string {
  return Buffer.from(packed).toString('latin1');
}

/** The last runs of the same entry before this one, as far as they are quickly read. */
function earlierRuns(
  { db }: Archive,
  { overview }: RunState,
  listed: readonly RunOverview[],
): readonly RunState[] {
  const runs: RunState[] = [];
  let actions = 0;
  for (const { run, startedAt, counts } of listed) {
    if (run === overview.run || startedAt > overview.startedAt) continue;
    actions += counts.total;
    if (runs.length >= RUNS || actions > ACTIONS) break;
    const read = readRun(db, run, isAlive);
    if (read.ok) runs.push(read.value);
  }
  return runs;
}

function distinct(lists: readonly Uint8Array[]): readonly InputList[] {
  const byName = new Map(lists.map((packed) => [textOf(packed), packed]));
  return [...byName.values()].map((packed) => unpackDigests(packed));
}

function nearestFirst(lists: readonly InputList[], now: InputList): readonly InputList[] {
  const equal = (list: InputList): number =>
    now.reduce((sum, digest, index) => (list[index] === digest ? sum + 1 : sum), 0);
  return lists.toSorted((a, b) => equal(b) - equal(a));
}

/** Bytes of everything that is named, wherever they lie. */
async function fetch(
  archive: Archive,
  lists: readonly InputList[],
): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const found = new Map<Digest, Uint8Array>();
  for (const digest of new Set(lists.flat())) {
    if (digest === OMITTED) continue;
    const recalled = await recallInputs(archive, [digest]);
    const bytes = recalled?.[0];
    if (bytes !== undefined && bytes !== null) found.set(digest, bytes);
  }
  return found;
}
