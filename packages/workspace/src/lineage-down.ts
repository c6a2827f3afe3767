import { findDigest } from '@skein/journal';
import type { ActionNumber } from '@skein/model';
import { type Digest, digestSize, inputDigest, partDigest, partPath, partsIn } from '@skein/values';
import { type LineageGraph, SUBJECT } from '@skein/view';
import { withinInputs } from './lineage-inputs.ts';
import { GraphInTheMaking, actionId, actionNode } from './lineage-graph.ts';
import { type FoundPlace, pathOf } from './lineage-place.ts';
import { LEAST_BYTES, type LineageRun } from './lineage-run.ts';
import type { LineageRuns } from './lineage-runs.ts';

/** A value that goes on, by the digests that it and its parts are known by. */
interface Going {
  /** The node it comes from. */
  readonly id: string;
  readonly run: LineageRun;
  readonly values: readonly GoingValue[];
}

interface GoingValue {
  readonly digest: Digest;
  readonly source: string;
  /** How many values it is with those that lie in it, which follow it. */
  readonly size: number;
}

/** Everything that values went into. */
export async function lineageDown(
  runs: LineageRuns,
  places: readonly FoundPlace[],
  depth: number | undefined,
): Promise<LineageGraph> {
  return await new Downstream(runs, depth).of(places);
}

class Downstream {
  readonly #runs: LineageRuns;
  readonly #graph: GraphInTheMaking;

  constructor(runs: LineageRuns, depth: number | undefined) {
    this.#runs = runs;
    this.#graph = new GraphInTheMaking(depth);
  }

  async of(places: readonly FoundPlace[]): Promise<LineageGraph> {
    for (const place of places) this.#graph.later(() => this.#start(place));
    return await this.#graph.finish();
  }

  async #start(place: FoundPlace): Promise<void> {
    const { run, action, role, bytes } = place;
    const parent = run.index.at(action)?.parent;
    if (parent === undefined) return;
    const values = bytes === undefined ? [] : digestsIn(bytes, '');
    const going = { id: SUBJECT, run, values };
    if (role === 'result') {
      await this.#leave(going, action, { bytes, source: '' });
      return;
    }
    const target = pathOf(run, place);
    this.#touch(run, action, { from: SUBJECT, source: '', target, link: 'same' });
    this.#handDown(going, action);
    // It was there before, its parts perhaps elsewhere.
    await this.#take({ ...going, values: values.slice(0, 1) }, parent, 0);
    await this.#take(going, parent, action);
  }

  /** From an action on: to later calls of its caller, and to the caller itself. */
  async #leave(
    going: Going,
    action: ActionNumber,
    { bytes, source }: { bytes: Uint8Array | undefined; source: string },
  ): Promise<void> {
    const { run, id } = going;
    const parent = run.index.at(action)?.parent ?? 0;
    if (parent === 0) {
      if (bytes !== undefined) await this.#otherRuns(run, bytes, { id, source });
      return;
    }
    await this.#take(going, parent, action);
    this.#touch(run, parent, { from: id, source, link: 'call' });
  }

  /**
   * To the calls of `caller` after `after`, and, where those hand it on, beneath them. What was
   * given with a larger part is not told again.
   */
  async #take(going: Going, caller: ActionNumber, after: ActionNumber): Promise<void> {
    const { run, id, values } = going;
    if (caller === 0 || values.length === 0) return;
    const calls = this.#runs.callsOf(run, caller);
    const told = new Map<string, number>();
    const given = new Map<ActionNumber, GoingValue[]>();
    for (const [at, value] of values.entries()) {
      for (const { action, place, path } of await calls.takersOf(value.digest, after)) {
        const taker = `${action} ${place}`;
        if ((told.get(taker) ?? 0) > at || actionId(run.index.overview.run, action) === id)
          continue;
        told.set(taker, at + value.size);
        const target = `${run.parameterOf(action, place)}${path}`;
        const link = path === '' && at === 0 ? 'same' : 'part';
        this.#touch(run, action, { from: id, source: value.source, target, link });
        const own = given.get(action) ?? [];
        given.set(action, own);
        own.push(...values.slice(at, at + value.size));
      }
    }
    for (const [action, own] of given) this.#handDown({ ...going, values: own }, action);
  }

  #handDown(going: Going, action: ActionNumber): void {
    if (going.run.index.at(action)?.children === 0) return;
    this.#graph.later(() => this.#take(going, action, 0));
  }

  #touch(
    run: LineageRun,
    action: ActionNumber,
    by: {
      readonly from: string;
      readonly link: 'same' | 'part' | 'call';
      readonly source?: string;
      readonly target?: string;
    },
  ): void {
    const node = actionNode(run, action);
    if (node === undefined) return;
    this.#graph.link({ ...by, to: node.id });
    if (this.#graph.add(node)) this.#graph.later(() => this.#goOn(run, action, node.id));
  }

  async #goOn(run: LineageRun, action: ActionNumber, id: string): Promise<void> {
    const isEntry = run.index.at(action)?.parent === 0;
    const outcome = run.index.digestsOf(action)?.outcome;
    const isKnown = outcome !== undefined && digestSize(outcome) >= LEAST_BYTES;
    const bytes = isKnown ? await run.result(action) : undefined;
    const values = bytes === undefined || isEntry ? [] : digestsIn(bytes, 'result');
    await this.#leave({ id, run, values }, action, { bytes, source: 'result' });
  }

  /** What a run came to, given to another: the whole of it, or its files by their content. */
  async #otherRuns(
    run: LineageRun,
    bytes: Uint8Array,
    { id, source }: { id: string; source: string },
  ): Promise<void> {
    if (bytes.length < LEAST_BYTES) return;
    const parts = partsIn(bytes);
    const files = new Map<Digest, string>();
    for (const [at, { content }] of parts.entries()) {
      if (content !== undefined) files.set(content, partPath(parts, at));
    }
    const whole = inputDigest(bytes);
    for (const use of findDigest(this.#runs.opened.state.db, whole)) {
      const other = use.role === 'input' ? this.#runs.named(use.run) : undefined;
      if (other === undefined || other === run) continue;
      const at = { action: use.action, role: 'input', place: use.index, path: '' } as const;
      this.#give({ id, source }, { ...at, run: other, bytes });
    }
    if (files.size === 0) return;
    for (const { digest, place } of await withinInputs(this.#runs, (one) => files.has(one))) {
      if (place.run === run) continue;
      this.#give({ id, source: `${source}${files.get(digest) ?? ''}` }, place);
    }
  }

  #give({ id, source }: { id: string; source: string }, place: FoundPlace): void {
    const { run, action, bytes } = place;
    this.#touch(run, action, { from: id, source, target: pathOf(run, place), link: 'same' });
    if (bytes !== undefined) this.#handDown({ id, run, values: digestsIn(bytes, source) }, action);
  }
}

/** The value first, then its parts. Too small a value is none, and has none. */
function digestsIn(bytes: Uint8Array, root: string): Going['values'] {
  if (bytes.length < LEAST_BYTES) return [];
  const parts = partsIn(bytes);
  return parts.map((part, at) => ({
    digest: partDigest(bytes, part),
    source: `${root}${partPath(parts, at)}`,
    size: part.next - at,
  }));
}
