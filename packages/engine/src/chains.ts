import type { Digest } from '@skein/values';
import type { ActionNumber, LogChunk, LogPrefix, PlainObservation } from '@skein/model';
import { callsIn } from './foresee.ts';
import type { Taints } from './taints.ts';
import type { Writes, WrittenObservation } from './writes.ts';

/** What a process's log holds of the outside. */
interface Chain {
  readonly observations: Placed[];
  /** Those that an action of the run wrote to. */
  readonly touched: Placed[];
  /** The place of the first call whose answer other code or data had a part in (R3). */
  tainted: number;
}

interface Placed {
  readonly seen: PlainObservation;
  /** Its place in the log, from 0. */
  readonly at: number;
}

/**
 * The logs of a run's processes, for two questions: whether an action could have used what another
 * wrote (O5), and what other code or data made (R3). They are answered without looking through a
 * log again for each action.
 */
export class Chains {
  readonly #writes: Writes;
  readonly #taints: Taints;
  /** By each of its chunks. */
  readonly #chains = new Map<Digest, Chain>();
  readonly #all: Chain[] = [];

  constructor(writes: Writes, taints: Taints) {
    this.#writes = writes;
    this.#taints = taints;
  }

  extend({ digest, previous, length, observations }: LogChunk): void {
    const chain = (previous && this.#chains.get(previous.digest)) ?? this.#begin();
    this.#chains.set(digest, chain);
    const start = length - observations.length;
    for (const [index, seen] of observations.entries()) {
      const at = start + index;
      if (seen.kind === 'call' || seen.kind === 'map') {
        const isTainted =
          at < chain.tainted && callsIn(seen).some((call) => this.#taints.has(call));
        if (isTainted) chain.tainted = at;
        continue;
      }
      const placed = { seen, at };
      chain.observations.push(placed);
      this.#writes.see(seen);
      if (this.#writes.touching(seen).length > 0) chain.touched.push(placed);
    }
  }

  /** Something that was seen was written to for the first time. */
  touch(): void {
    for (const { observations, touched } of this.#all) {
      touched.length = 0;
      for (const one of observations) {
        if (this.#writes.touching(one.seen).length > 0) touched.push(one);
      }
    }
  }

  /** What of a prefix an action other than the reader wrote. */
  writtenIn(prefix: LogPrefix | null, reader: ActionNumber): WrittenObservation | undefined {
    if (prefix === null) return undefined;
    for (const { seen, at } of this.#chains.get(prefix.digest)?.touched ?? []) {
      const written = at < prefix.length ? this.#writes.writerOf(seen, reader) : undefined;
      if (written !== undefined) return written;
    }
    return undefined;
  }

  isTainted(prefix: LogPrefix | null): boolean {
    if (prefix === null) return false;
    return (this.#chains.get(prefix.digest)?.tainted ?? NOWHERE) < prefix.length;
  }

  #begin(): Chain {
    const chain: Chain = { observations: [], touched: [], tainted: NOWHERE };
    this.#all.push(chain);
    return chain;
  }
}

const NOWHERE = Number.POSITIVE_INFINITY;
