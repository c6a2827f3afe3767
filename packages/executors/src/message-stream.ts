import type { Duplex } from 'node:stream';
import { decode, encode } from '@skein/values';
import { FrameReader, FrameWriter } from './frames.ts';
import { reach } from '@skein/model';

/** A message as it is written: a number that says what it is, then its parts. */
export type Fields = readonly unknown[];

/** A frame holds at most so many messages, and is closed once they weigh so much. */
const MAX_MESSAGES = 512;
const MAX_WEIGHT = 1 << 20;

/**
 * Messages over a stream of bytes, in order. Those of one turn of the event loop share frames:
 * encoded, written, read and decoded together, which is most of what a small message costs.
 */
export class MessageStream {
  readonly #frames: FrameWriter;
  #waiting: Fields[] = [];
  #scheduled = false;

  constructor(stream: Duplex) {
    this.#frames = new FrameWriter(stream);
  }

  send(message: Fields): void {
    this.#waiting.push(message);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Hands everything over now: before code that may block the event loop. */
  flush(): void {
    this.#scheduled = false;
    const messages = this.#waiting;
    if (messages.length === 0) return;
    this.#waiting = [];
    reach('messages-before-send');
    let first = 0;
    let weight = 0;
    for (let index = 0; index < messages.length; index += 1) {
      weight += weightOf(messages[index] as Fields);
      if (weight < MAX_WEIGHT && index - first + 1 < MAX_MESSAGES) continue;
      this.#frames.add(encode(messages.slice(first, index + 1)));
      first = index + 1;
      weight = 0;
    }
    if (first < messages.length) {
      this.#frames.add(encode(first === 0 ? messages : messages.slice(first)));
    }
    this.#frames.flush();
    reach('messages-after-send');
  }
}

/** Reads what a `MessageStream` wrote; byte strings share the memory of what was read. */
export class MessageReader {
  readonly #frames = new FrameReader();
  readonly #take: (message: Fields) => void;

  constructor(take: (message: Fields) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    this.#frames.push(chunk, (payload) => {
      for (const message of decode(payload, { views: true }) as Fields[]) this.#take(message);
    });
  }
}

/** Roughly the bytes of a message, by what can be large in it. */
function weightOf(fields: Fields): number {
  let weight = 0;
  for (const field of fields) {
    if (field instanceof Uint8Array) weight += field.byteLength;
    else if (typeof field === 'string') weight += field.length;
    else if (Array.isArray(field)) weight += weightOf(field as Fields);
  }
  return weight;
}
