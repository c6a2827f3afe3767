import type { Meter } from './meter.ts';
import type { ServerLimits } from './server-limits.ts';

/** Who keeps an upload waiting. */
export interface Culprits {
  readonly sender: () => void;
  readonly storage: () => void;
}

const LOOKS = 8;
const SHORTEST_LOOK_MS = 5;
/** What any storage does in a millisecond when it has all bytes and has yet to keep them. */
const FINISHED_BYTES_PER_MS = 10_000;

/** Looks again and again at how an upload gets on, and calls whoever does not. */
export function watchUpload(
  meter: Meter,
  limits: ServerLimits,
  culprits: Culprits,
): { readonly stop: () => void } {
  const shortest = Math.min(limits.stallMs, limits.storageMs) / LOOKS;
  const lookMs = Math.max(SHORTEST_LOOK_MS, shortest);
  const progress = new UploadProgress(limits);
  const timer = setInterval(() => {
    const culprit = progress.look(meter, lookMs);
    if (culprit !== undefined) culprits[culprit]();
  }, lookMs);
  return { stop: () => clearInterval(timer) };
}

/** Counts in looks, not by a clock: a machine that slept blames nobody. */
class UploadProgress {
  readonly #limits: ServerLimits;
  #seen = 0;
  #storageMs = 0;
  #senderMs = 0;
  #senderBytes = 0;

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  look(meter: Meter, passedMs: number): keyof Culprits | undefined {
    const moved = meter.bytes - this.#seen;
    this.#seen = meter.bytes;
    const hungry = meter.readableLength === 0 && !meter.writableFinished;
    if (!hungry) return this.#lookAtStorage(meter, moved > 0 ? 0 : passedMs);
    this.#storageMs = 0;
    return this.#lookAtSender(moved, passedMs);
  }

  #lookAtStorage(meter: Meter, idleMs: number): 'storage' | undefined {
    this.#storageMs = idleMs === 0 ? 0 : this.#storageMs + idleMs;
    const finishing = meter.writableFinished ? meter.bytes / FINISHED_BYTES_PER_MS : 0;
    return this.#storageMs > this.#limits.storageMs + finishing ? 'storage' : undefined;
  }

  #lookAtSender(moved: number, passedMs: number): 'sender' | undefined {
    this.#senderMs += passedMs;
    this.#senderBytes += moved;
    if (this.#senderMs < this.#limits.stallMs) return undefined;
    const slow = this.#senderBytes < this.#limits.stallBytes;
    this.#senderMs = 0;
    this.#senderBytes = 0;
    return slow ? 'sender' : undefined;
  }
}
