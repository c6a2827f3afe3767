import { StoredFormError, mustList, mustText } from '@skein/model';
import type { TaskId, Verdict } from '@skein/model';
import {
  CALL_BYTES,
  FACTS_VERSION,
  HAS_ARTIFACT,
  HEADER_BYTES,
  NOTE_BYTES,
  VERDICTS,
} from './facts-layout.ts';

/** What the values of a call are to it. */
export type DigestRole = 'input' | 'outcome' | 'artifact' | 'file';

/** A value's place in a call: which input, which file of the result. */
export interface DigestPlace {
  readonly role: DigestRole;
  readonly index: number;
}

/**
 * Reads the calls of a packed batch. Calls and notes are named by their position; nothing is
 * copied. Throws a `StoredFormError` where sizes do not fit.
 */
export class FactsBatch {
  readonly calls: number;
  readonly notes: number;
  /** The highest number of an action. */
  readonly highest: number;
  readonly lastAt: number;
  readonly tasks: readonly TaskId[];
  readonly #view: DataView;
  readonly #notesAt: number;

  constructor(bytes: unknown) {
    if (!(bytes instanceof Uint8Array) || bytes.length < HEADER_BYTES) throw damaged();
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.#u32(0) !== FACTS_VERSION) throw damaged();
    this.calls = this.#u32(4);
    this.notes = this.#u32(8);
    this.highest = this.#u32(16);
    this.lastAt = this.#view.getFloat64(24, true);
    this.#notesAt = HEADER_BYTES + this.calls * CALL_BYTES;
    const textsAt = this.#notesAt + this.notes * NOTE_BYTES;
    if (textsAt + this.#u32(12) !== bytes.length) throw damaged();
    this.tasks = readTasks(bytes.subarray(textsAt));
  }

  verdict(call: number): number {
    return this.#view.getUint8(callAt(call));
  }

  ended(call: number): number {
    return this.#view.getUint8(callAt(call) + 1);
  }

  action(call: number): number {
    return this.#u32(callAt(call) + 4);
  }

  parent(call: number): number {
    return this.#u32(callAt(call) + 8);
  }

  /** Index into `tasks`. */
  task(call: number): number {
    return this.#u32(callAt(call) + 12);
  }

  /** 0: it does not stand in this batch; so also `endRow`. */
  startRow(call: number): number {
    return this.#u32(callAt(call) + 16);
  }

  endRow(call: number): number {
    return this.#u32(callAt(call) + 20);
  }

  attempts(call: number): number {
    return this.#u32(callAt(call) + 24);
  }

  at(call: number): number {
    return this.#view.getFloat64(callAt(call) + 40, true);
  }

  durationMs(call: number): number {
    return this.#view.getFloat64(callAt(call) + 48, true);
  }

  /** How many digests the batch has, and where those of a call are among them. */
  get digests(): number {
    return this.#u32(20);
  }

  firstDigest(call: number): number {
    return this.#u32(callAt(call) + 28);
  }

  digestCount(call: number): number {
    const inputs = this.#inputs(call);
    if (this.ended(call) === 0) return inputs;
    return inputs + 1 + this.#artifacts(call) + this.#u32(callAt(call) + 36);
  }

  /** What the digest at `offset` among those of a call is; `undefined`: not one of this call. */
  placeOf(call: number, offset: number): DigestPlace | undefined {
    const inputs = this.#inputs(call);
    if (offset < 0 || offset >= this.digestCount(call)) return undefined;
    if (offset < inputs) return { role: 'input', index: offset };
    if (offset === inputs) return { role: 'outcome', index: 0 };
    const artifacts = this.#artifacts(call);
    const behind = offset - inputs - 1;
    if (behind < artifacts) return { role: 'artifact', index: 0 };
    return { role: 'file', index: behind - artifacts };
  }

  noteKind(note: number): number {
    return this.#view.getUint8(this.#noteAt(note));
  }

  noteAction(note: number): number {
    return this.#u32(this.#noteAt(note) + 4);
  }

  noteRow(note: number): number {
    return this.#u32(this.#noteAt(note) + 8);
  }

  noteValue(note: number): number {
    return this.#u32(this.#noteAt(note) + 12);
  }

  #inputs(call: number): number {
    return this.#u32(callAt(call) + 32);
  }

  #artifacts(call: number): number {
    return this.#view.getUint8(callAt(call) + 2) & HAS_ARTIFACT;
  }

  #noteAt(note: number): number {
    return this.#notesAt + note * NOTE_BYTES;
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, true);
  }
}

/** The verdict with a stored number. */
export function verdictKind(number: number): Verdict['kind'] {
  const kind = VERDICTS[number];
  if (kind === undefined) throw damaged();
  return kind;
}

function callAt(call: number): number {
  return HEADER_BYTES + call * CALL_BYTES;
}

function readTasks(json: Uint8Array): readonly TaskId[] {
  try {
    return mustList(JSON.parse(Buffer.from(json).toString())).map(mustText) as TaskId[];
  } catch (error) {
    throw new StoredFormError('a batch of facts is damaged', { cause: error });
  }
}

function damaged(): StoredFormError {
  return new StoredFormError('a batch of facts is damaged');
}
