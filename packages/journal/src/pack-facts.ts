import { packDigests, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionFinished, ActionNumber, ActionStarted, RunEvent } from '@skein/model';
import {
  CALL_BYTES,
  ERROR,
  FACTS_VERSION,
  HAS_ARTIFACT,
  HEADER_BYTES,
  NOTE_BYTES,
  RESULT,
  VERDICTS,
  noteNumber,
} from './facts-layout.ts';
import type { NoteKind } from './facts-layout.ts';
import { rowOf } from './row.ts';
import type { JournalRow } from './row.ts';

/** A packed batch, as `FactsBatch` reads it. */
export interface PackedFacts {
  readonly calls: Uint8Array;
  readonly digests: Uint8Array;
}

/** What one batch knows of a call: its start, its end, or both. */
interface Call {
  start?: ActionStarted;
  startRow: number;
  end?: ActionFinished;
  endRow: number;
}

interface Noted {
  readonly kind: number;
  readonly action: ActionNumber;
  readonly row: number;
  readonly value: number;
}

/** These are found without a note: in the row of their action's start or end. */
const BESIDE: ReadonlySet<RunEvent['kind']> = new Set<NoteKind>([
  'attempt-started',
  'attempt-failed',
  'checkpoint-recorded',
  'snapshot-saved',
]);

/** Packs what rows of one run say. */
export function packFacts(rows: readonly JournalRow[]): PackedFacts {
  const calls = new Map<ActionNumber, Call>();
  let lastAt = 0;
  for (const { seq, events } of rows) {
    const row = rowOf(seq);
    for (const event of events) {
      lastAt = event.at;
      if (event.kind === 'action-started') {
        const call = callOf(calls, event.action);
        call.start = event;
        call.startRow = row;
      } else if (event.kind === 'action-finished') {
        const call = callOf(calls, event.action);
        call.end = event;
        call.endRow = row;
      }
    }
  }
  return new Packing(lastAt).pack([...calls.values()], notesIn(rows, calls));
}

function callOf(calls: Map<ActionNumber, Call>, action: ActionNumber): Call {
  const known = calls.get(action);
  if (known !== undefined) return known;
  const call = { startRow: 0, endRow: 0 };
  calls.set(action, call);
  return call;
}

function notesIn(
  rows: readonly JournalRow[],
  calls: ReadonlyMap<ActionNumber, Call>,
): readonly Noted[] {
  const notes: Noted[] = [];
  for (const { seq, events } of rows) {
    const row = rowOf(seq);
    for (const event of events) {
      const kind = noteNumber(event.kind);
      if (kind === undefined) continue;
      const action = 'action' in event ? (event.action ?? 0) : 0;
      const call = BESIDE.has(event.kind) ? calls.get(action) : undefined;
      if (call?.startRow === row || call?.endRow === row) continue;
      notes.push({ kind, action, row, value: event.kind === 'action-passed' ? event.parent : 0 });
    }
  }
  return notes;
}

class Packing {
  readonly #lastAt: number;
  readonly #tasks = new Map<string, number>();
  readonly #digests: Digest[] = [];

  constructor(lastAt: number) {
    this.#lastAt = lastAt;
  }

  pack(calls: readonly Call[], notes: readonly Noted[]): PackedFacts {
    const front = HEADER_BYTES + calls.length * CALL_BYTES + notes.length * NOTE_BYTES;
    const view = new DataView(new ArrayBuffer(front));
    let at = HEADER_BYTES;
    let highest = 0;
    for (const call of calls) {
      highest = Math.max(highest, (call.end ?? call.start)?.action ?? 0);
      this.#writeCall(view, at, call);
      at += CALL_BYTES;
    }
    for (const note of notes) {
      writeNote(view, at, note);
      at += NOTE_BYTES;
    }
    const texts = Buffer.from(JSON.stringify([...this.#tasks.keys()]));
    const digests = this.#digests.length;
    const header = [FACTS_VERSION, calls.length, notes.length, texts.length, highest, digests];
    for (const [index, value] of header.entries()) view.setUint32(index * 4, value, true);
    view.setFloat64(24, this.#lastAt, true);
    return {
      calls: Buffer.concat([new Uint8Array(view.buffer), texts]),
      digests: packDigests(this.#digests),
    };
  }

  #writeCall(view: DataView, at: number, { start, startRow, end, endRow }: Call): void {
    const event = end ?? start;
    if (event === undefined) return;
    view.setUint8(at, VERDICTS.indexOf(event.verdict.kind));
    view.setUint32(at + 4, event.action, true);
    view.setUint32(at + 8, event.parent, true);
    view.setUint32(at + 12, this.#taskIndex(event.task), true);
    view.setUint32(at + 16, startRow, true);
    view.setUint32(at + 20, endRow, true);
    view.setUint32(at + 28, this.#digests.length, true);
    view.setUint32(at + 32, event.inputs.length, true);
    view.setFloat64(at + 40, event.at, true);
    for (const { digest } of event.inputs) this.#digests.push(digest);
    if (end !== undefined) this.#writeEnd(view, at, end);
  }

  #writeEnd(view: DataView, at: number, { outcome, attempts, durationMs }: ActionFinished): void {
    view.setUint8(at + 1, outcome.kind === 'result' ? RESULT : ERROR);
    view.setUint32(at + 24, attempts, true);
    view.setFloat64(at + 48, durationMs, true);
    this.#digests.push(outcome.digest);
    if (outcome.kind === 'error') return;
    if (outcome.artifact !== undefined) {
      view.setUint8(at + 2, HAS_ARTIFACT);
      this.#digests.push(outcome.artifact);
    }
    const files = outcome.files === undefined ? [] : unpackDigests(outcome.files);
    view.setUint32(at + 36, files.length, true);
    for (const file of files) this.#digests.push(file);
  }

  #taskIndex(task: string): number {
    const known = this.#tasks.get(task);
    if (known !== undefined) return known;
    this.#tasks.set(task, this.#tasks.size);
    return this.#tasks.size - 1;
  }
}

function writeNote(view: DataView, at: number, { kind, action, row, value }: Noted): void {
  view.setUint8(at, kind);
  view.setUint32(at + 4, action, true);
  view.setUint32(at + 8, row, true);
  view.setUint32(at + 12, value, true);
}
