import { findDigest } from '@skein/journal';
import type { ActionNumber } from '@skein/model';
import { OMITTED, type Digest, inputDigest, partDigest, partPath, partsIn } from '@skein/values';
import { type LineageEdge, type LineageGraph, type LineageNode, SUBJECT } from '@skein/view';
import type { Origin } from './lineage-calls.ts';
import {
  type Block,
  GraphInTheMaking,
  actionNode,
  callsNode,
  inputNode,
  madeNode,
} from './lineage-graph.ts';
import type { FoundPlace } from './lineage-place.ts';
import { LEAST_BYTES, type LineageRun } from './lineage-run.ts';
import type { LineageRuns } from './lineage-runs.ts';
import { ownTraceOf } from './recorded-calls.ts';

/** Who takes a value: the end of an edge, and where in it the value goes. */
interface Taker {
  readonly id: string;
  readonly target: string;
}

/** A value on its way to an action. */
interface Arriving extends Taker {
  readonly run: LineageRun;
  /** The call that was given it. */
  readonly action: ActionNumber;
  readonly place: number;
  readonly bytes: Uint8Array;
}

/** The result of an action, or the part of it that is meant. */
interface Wanted {
  readonly action: ActionNumber;
  readonly id: string;
  readonly bytes?: Uint8Array | undefined;
  /** Of the part within the result; absent or empty: all of it. */
  readonly path?: string;
}

/** More calls of one task than this are one node. */
const ALIKE = 6;
/** So many executions of earlier runs are looked for. */
const AGAIN = 256;
/** So many files of one input are looked for in earlier runs. */
const FILES = 64;

/** Everything that values came from. */
export async function lineageUp(
  runs: LineageRuns,
  places: readonly FoundPlace[],
  depth: number | undefined,
): Promise<LineageGraph> {
  return await new Upstream(runs, depth).of(places);
}

class Upstream {
  readonly #runs: LineageRuns;
  readonly #graph: GraphInTheMaking;
  #again = 0;

  constructor(runs: LineageRuns, depth: number | undefined) {
    this.#runs = runs;
    this.#graph = new GraphInTheMaking(depth);
  }

  async of(places: readonly FoundPlace[]): Promise<LineageGraph> {
    for (const { run, action, role, place, path, bytes } of places) {
      if (role === 'result') {
        const link = { to: SUBJECT, link: 'subject', source: `result${path}` } as const;
        this.#result(run, { action, bytes, path }, link);
      } else if (bytes !== undefined) {
        this.#graph.later(() =>
          this.#arrive({ id: SUBJECT, target: '', run, action, place, bytes }),
        );
      }
    }
    return await this.#graph.finish();
  }

  /** The result of an action: it, and later what it came from. */
  #result(run: LineageRun, of: Omit<Wanted, 'id'>, link: Omit<LineageEdge, 'from'>): void {
    const node = actionNode(run, of.action);
    if (node === undefined) return;
    this.#graph.link({ ...link, from: node.id });
    if (!this.#graph.add(node)) return;
    this.#graph.later(() => this.#making(run, { ...of, id: node.id }));
  }

  async #making(run: LineageRun, of: Wanted): Promise<void> {
    const { action, id } = of;
    if (run.index.at(action)?.children !== 0) {
      const bytes = of.bytes ?? (await run.result(action));
      const isWhole = await this.#fromCalls(run, { ...of, bytes });
      // What it only handed on, it did not make of its inputs.
      if (isWhole) return;
    } else this.#executedBefore(run, of);
    await this.#inputs(run, action, { id, target: '' });
  }

  /** Everything an action was given. */
  async #inputs(run: LineageRun, action: ActionNumber, to: Taker): Promise<void> {
    for (const [place, { digest }] of (run.recorded(action)?.inputs ?? []).entries()) {
      if (digest === OMITTED) continue;
      const bytes = (await run.input(action, place)) ?? new Uint8Array();
      const target = `${to.target}${run.parameterOf(action, place)}`;
      await this.#arrive({ id: to.id, target, run, action, place, bytes });
    }
  }

  /** Which of its calls a caller's result came from; whether it is the very result of one. */
  async #fromCalls(run: LineageRun, { action, id, bytes, path = '' }: Wanted): Promise<boolean> {
    const calls = this.#runs.callsOf(run, action);
    const origins = bytes === undefined ? [] : await calls.originsOf(bytes, Infinity);
    for (const origin of origins) {
      await this.#origin(origin, { id, target: `result${path}`, run, action, place: 0 });
    }
    if (origins.some(({ path }) => path === '')) return true;
    // What it was given tells nothing of what else it made its result of.
    if (origins.some(({ source }) => source.from === 'call')) return false;
    for (const block of blocksOf(run, action)) this.#block(run, block, { to: id, link: 'call' });
    return false;
  }

  /** Where a value that a call was given came from. */
  async #arrive(arriving: Arriving): Promise<void> {
    const { run, action, bytes, id, target } = arriving;
    const caller = run.index.at(action)?.parent ?? 0;
    if (caller === 0) {
      await this.#given(arriving);
      return;
    }
    const origins = await this.#runs.callsOf(run, caller).originsOf(bytes, action);
    for (const origin of origins) {
      await this.#origin(origin, { id, target, run, action: caller, place: 0 });
    }
    if (origins.length > 0) return;
    const node = madeNode(run, caller);
    if (node === undefined) return;
    this.#graph.link({ from: node.id, to: id, link: 'made', target });
    if (this.#graph.add(node)) {
      this.#graph.later(() => this.#inputs(run, caller, { id: node.id, target: '' }));
    }
    // A number is made of others; a text that nobody made before is mostly the caller's own.
    const isFollowed = bytes.length < LEAST_BYTES;
    for (const block of madeBefore(run, caller, action)) {
      this.#block(run, { ...block, isFollowed }, { to: id, link: 'perhaps', target });
    }
  }

  /** `at.action`: the caller, whose calls or inputs it came from. */
  async #origin({ source, path, bytes }: Origin, at: Omit<Arriving, 'bytes'>): Promise<void> {
    const target = `${at.target}${path}`;
    if (source.from === 'call') {
      const link = path === '' && source.path === '' ? 'same' : 'part';
      const edge = { to: at.id, link, source: `result${source.path}`, target } as const;
      this.#result(at.run, { action: source.action }, edge);
      return;
    }
    await this.#arrive({ ...at, place: source.place, bytes, target });
  }

  /** What the entry of a run was given, and which earlier run made it. */
  async #given({ run, action, place, bytes, id, target }: Arriving): Promise<void> {
    const whole = await run.input(action, place);
    const node = inputNode(run, { action, place, bytes: whole });
    if (node === undefined) return;
    this.#graph.link({ from: node.id, to: id, link: 'same', target });
    if (!this.#graph.add(node)) return;
    this.#graph.later(() => this.#madeEarlier(run, node, whole ?? bytes));
  }

  /** Across runs files are followed, and values that are the whole result of an action. */
  #madeEarlier(run: LineageRun, node: LineageNode, bytes: Uint8Array): void {
    if (bytes.length < LEAST_BYTES) return;
    if (this.#madeBy(run, { digest: inputDigest(bytes), to: node.id, target: '' })) return;
    const parts = partsIn(bytes);
    const files = [...parts.entries()].filter(([, { content }]) => content !== undefined);
    for (const [at, part] of files.slice(0, FILES)) {
      const target = partPath(parts, at);
      this.#madeBy(run, { digest: partDigest(bytes, part), to: node.id, target });
    }
  }

  #madeBy(
    run: LineageRun,
    { digest, to, target }: { digest: Digest; to: string; target: string },
  ): boolean {
    let found: { readonly run: LineageRun; readonly action: ActionNumber } | undefined;
    for (const use of findDigest(this.#runs.opened.state.db, digest)) {
      if (use.number >= run.index.number || use.verdict !== 'execute') continue;
      if (use.role !== 'outcome' && use.role !== 'file') continue;
      const made = this.#runs.named(use.run);
      if (made === undefined || (found !== undefined && found.run !== made)) continue;
      // Callers only hand it on: the last of those that made no calls is nearest to its making.
      if (found === undefined || made.index.at(use.action)?.children === 0) {
        found = { run: made, action: use.action };
      }
    }
    if (found === undefined) return false;
    const { action } = found;
    this.#result(found.run, { action }, { to, link: 'same', source: 'result', target });
    return true;
  }

  /** An outcome that was reused or adopted has calls beneath it only where it was executed. */
  #executedBefore(run: LineageRun, { action, id, bytes, path = '' }: Wanted): void {
    const known = run.index.at(action);
    if (known === undefined || known.verdict === 'execute' || (this.#again += 1) > AGAIN) return;
    const recorded = run.recorded(action);
    const reason = recorded?.verdict.reason;
    const from =
      reason?.kind === 'adopted'
        ? reason
        : recorded === undefined
          ? undefined
          : ownTraceOf(this.#runs.opened.state, recorded);
    const made = from === undefined ? undefined : this.#runs.named(from.run);
    if (from === undefined || made === undefined) return;
    if (made === run && from.action === action) return;
    const wanted = { action: from.action, bytes, path };
    this.#result(made, wanted, { to: id, link: 'again', source: 'result' });
  }

  /** Few calls each for themselves; many as one, with the last of them as an example. */
  #block(
    run: LineageRun,
    block: Block & { readonly isFollowed?: boolean },
    link: Omit<LineageEdge, 'from'>,
  ): void {
    const { isFollowed = true } = block;
    if (isFollowed && block.count <= ALIKE) {
      for (const action of block.few) this.#result(run, { action }, { ...link, source: 'result' });
      return;
    }
    const node = callsNode(run, block);
    if (node === undefined) return;
    this.#graph.link({ ...link, from: node.id });
    if (!this.#graph.add(node) || !isFollowed) return;
    this.#graph.later(() => this.#result(run, { action: block.last }, exampleOf(node.id)));
  }
}

function exampleOf(id: string): Omit<LineageEdge, 'from'> {
  return { to: id, link: 'call', source: 'result' };
}

/** The calls of an action by task, as far as they were made before `before`. */
function blocksOf(run: LineageRun, caller: ActionNumber, before = Infinity): readonly Block[] {
  return run.index.groupsOf(caller).flatMap(({ task, actions }) => {
    let count = actions.length;
    while (count > 0 && (actions[count - 1] ?? 0) >= before) count -= 1;
    const [first, last] = [actions[0], actions[count - 1]];
    if (count === 0 || first === undefined || last === undefined) return [];
    const few = count <= ALIKE ? Array.from(actions).slice(0, count) : [];
    return [{ task, first, last, count, few }];
  });
}

/**
 * What a caller perhaps made a value of: the calls of every other task that came before. Those of
 * the same task would be all that came before in a `map`.
 */
function madeBefore(run: LineageRun, caller: ActionNumber, action: ActionNumber): readonly Block[] {
  const own = run.index.at(action)?.task;
  return blocksOf(run, caller, action).filter(({ task }) => task !== own);
}
