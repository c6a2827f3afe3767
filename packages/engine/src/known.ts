import type { ActionKey, Outcome } from '@skein/model';
import type { Verified } from './frame.ts';

/** Results that are remembered at most take about so much memory. */
const MOST_BYTES = 24 * 1024 * 1024;
/** What an entry costs besides the bytes of its result. */
const ENTRY_BYTES = 600;

/**
 * Outcomes that were verified in a run, the ones used last: what is dropped is looked up again. A
 * run of very many actions remembers no more than one of some ten thousands.
 */
export class Known {
  readonly #outcomes = new Map<ActionKey, Verified>();
  readonly #mostBytes: number;
  #size = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get(key: ActionKey): Verified | undefined {
    const verified = this.#outcomes.get(key);
    if (verified === undefined) return undefined;
    this.#outcomes.delete(key);
    this.#outcomes.set(key, verified);
    return verified;
  }

  set(key: ActionKey, verified: Verified): void {
    this.#drop(key);
    this.#outcomes.set(key, verified);
    this.#size += sizeOf(verified);
    for (const oldest of this.#outcomes.keys()) {
      if (this.#size <= this.#mostBytes) return;
      this.#drop(oldest);
    }
  }

  clear(): void {
    this.#outcomes.clear();
    this.#size = 0;
  }

  #drop(key: ActionKey): void {
    const verified = this.#outcomes.get(key);
    if (verified === undefined) return;
    this.#outcomes.delete(key);
    this.#size -= sizeOf(verified);
  }
}

function sizeOf({ outcome, elsewhere }: Verified): number {
  if (elsewhere !== undefined) return 2 * ENTRY_BYTES + bytesOf(outcome);
  return ENTRY_BYTES + bytesOf(outcome);
}

function bytesOf(outcome: Outcome): number {
  if (outcome.kind === 'error') return outcome.bytes.byteLength;
  const { value, files } = outcome;
  const inline = value.at === 'inline' ? value.bytes.byteLength : 0;
  return inline + (files?.byteLength ?? 0);
}
