import { Readable } from 'node:stream';
import type { Clock } from '@skein/model';
import { piecesOf, throwIfAborted } from './object-body.ts';
import { mustObjectFolder, mustObjectName } from './objects.ts';
import type {
  ObjectBody,
  ObjectCall,
  ObjectDelete,
  ObjectHead,
  ObjectPut,
  ObjectRange,
  ObjectRead,
  ObjectStore,
  OpenObject,
} from './objects.ts';

interface Held extends ObjectHead {
  readonly bytes: Uint8Array;
}

/** Objects of one process: for tests. */
export class MemoryObjects implements ObjectStore {
  readonly near = true;
  readonly place = 'memory';
  readonly #held = new Map<string, Held>();
  readonly #clock: Pick<Clock, 'now'>;
  #stored = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async get(name: string, range: ObjectRange = {}): Promise<OpenObject | undefined> {
    const found = await this.read(name, { most: Number.MAX_SAFE_INTEGER, ...range });
    if (found === undefined) return undefined;
    return { ...found.head, body: Readable.from([Buffer.from(found.bytes)]) };
  }

  async read(
    name: string,
    { from = 0, most, signal }: ObjectRead,
  ): Promise<{ head: ObjectHead; bytes: Uint8Array } | undefined> {
    throwIfAborted(signal);
    const held = this.#held.get(mustObjectName(name));
    if (held === undefined) return undefined;
    const start = from < 0 ? Math.max(0, held.size + from) : from;
    return { head: headOf(held), bytes: held.bytes.slice(start, start + most) };
  }

  async head(name: string, call: ObjectCall = {}): Promise<ObjectHead | undefined> {
    throwIfAborted(call.signal);
    const held = this.#held.get(mustObjectName(name));
    return held && headOf(held);
  }

  async put(name: string, body: ObjectBody, options: ObjectPut = {}): Promise<'stored' | 'exists'> {
    mustObjectName(name);
    if (options.ifAbsent === true && this.#held.has(name)) return 'exists';
    const pieces: Uint8Array[] = [];
    const limits = { signal: options.signal, timeoutMs: 30_000 };
    for await (const piece of piecesOf(body, limits)) pieces.push(piece);
    if (options.ifAbsent === true && this.#held.has(name)) return 'exists';
    const bytes = new Uint8Array(Buffer.concat(pieces));
    const now = this.#clock.now();
    this.#stored += 1;
    const stamp = String(this.#stored);
    const head = { name, size: bytes.length, modifiedAt: now, usedAt: now, stamp };
    this.#held.set(name, { ...head, bytes });
    return 'stored';
  }

  async *list(folders: readonly string[], call: ObjectCall = {}): AsyncIterable<ObjectHead> {
    throwIfAborted(call.signal);
    for (const folder of folders.map(mustObjectFolder)) {
      for (const held of this.#held.values()) {
        if (held.name.startsWith(folder)) yield headOf(held);
      }
    }
  }

  async delete(name: string, options: ObjectDelete = {}): Promise<void> {
    throwIfAborted(options.signal);
    const held = this.#held.get(mustObjectName(name));
    if (options.stamp === undefined || held?.stamp === options.stamp) this.#held.delete(name);
  }

  async touch(head: ObjectHead): Promise<void> {
    const held = this.#held.get(head.name);
    if (held !== undefined) this.#held.set(head.name, { ...held, usedAt: this.#clock.now() });
  }

  async sweepLitter(): Promise<number> {
    return 0;
  }

  /** Puts other bytes in the place of an object's, as a failing disk would. */
  damage(name: string, bytes: Uint8Array): void {
    const held = this.#held.get(name);
    this.#stored += 1;
    const stamp = String(this.#stored);
    if (held) this.#held.set(name, { ...held, bytes, size: bytes.length, stamp });
  }
}

function headOf(held: Held): ObjectHead {
  const { bytes: _, ...head } = held;
  return head;
}
