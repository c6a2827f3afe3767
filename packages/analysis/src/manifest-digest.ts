import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { Parts } from './parts.ts';
import { symbolsDigest } from './symbols.ts';

/**
 * Digests of manifests. The symbols of each module are covered by one digest, which tasks share
 * that reach the same of it.
 */
export class ManifestDigests {
  readonly #parts: Parts;
  readonly #groups = new Map<string, Digest>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of a manifest by the numbers of its parts, in which those of pieces ascend. */
  of(numbers: readonly number[]): Digest {
    const ends = this.#parts.ends();
    const pieces = ends.at(-1) ?? 0;
    const lines: string[] = [];
    let module = 0;
    for (let at = 0; at < numbers.length;) {
      const number = numbers[at] ?? 0;
      let next = at + 1;
      if (number < pieces) {
        while ((ends[module] ?? pieces) <= number) module += 1;
        while ((numbers[next] ?? pieces) < (ends[module] ?? pieces)) next += 1;
        lines.push(`symbols ${this.#group(module, numbers.slice(at, next))}`);
      } else lines.push(this.#parts.line(number));
      at = next;
    }
    return digestOf('code', lines.join('\n'));
  }

  /** Covers symbols of one module. */
  #group(module: number, numbers: readonly number[]): Digest {
    const ends = this.#parts.ends();
    const all = (ends[module] ?? 0) - (ends[module - 1] ?? 0);
    if (numbers.length === all) return this.#parts.symbolsOf(module);
    const key = numbers.join(' ');
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const digest = symbolsDigest(numbers.map((it) => this.#parts.line(it)));
    this.#groups.set(key, digest);
    return digest;
  }
}
