import { StoredFormError } from '@skein/model';
import type { ActionCounts, ActionNumber, TaskId } from '@skein/model';
import { ERROR } from './facts-layout.ts';
import { verdictKind, type FactsBatch } from './facts-batch.ts';
import { NO_ACTIONS } from './overview.ts';

/** Numbers of actions that are not listed leave gaps; more of them than this is damage. */
const GAPS = 1 << 20;
const GAPS_PER_CALL = 64;

/**
 * The calls of a run as columns, a number for each action. Row 0 of an action says that there is
 * none: rows count from 1.
 */
export class CallColumns {
  readonly highest: ActionNumber;
  /** The actions that there are, in order. */
  readonly listed: Uint32Array;
  readonly tasks: readonly TaskId[];
  readonly parent: Uint32Array;
  readonly task: Uint32Array;
  readonly verdict: Uint8Array;
  readonly ended: Uint8Array;
  readonly attempts: Uint32Array;
  readonly durationMs: Float64Array;
  readonly startRow: Uint32Array;
  readonly endRow: Uint32Array;
  /** Where the digests of the call are: the batch, and the call in it. */
  readonly batch: Uint32Array;
  readonly call: Uint32Array;

  constructor(batches: readonly FactsBatch[]) {
    const length = highestOf(batches) + 1;
    this.highest = length - 1;
    this.parent = new Uint32Array(length);
    this.task = new Uint32Array(length);
    this.verdict = new Uint8Array(length);
    this.ended = new Uint8Array(length);
    this.attempts = new Uint32Array(length);
    this.durationMs = new Float64Array(length);
    this.startRow = new Uint32Array(length);
    this.endRow = new Uint32Array(length);
    this.batch = new Uint32Array(length);
    this.call = new Uint32Array(length);
    const tasks = new Map<TaskId, number>();
    for (const [index, batch] of batches.entries()) this.#read(index, batch, tasks);
    this.tasks = [...tasks.keys()];
    this.listed = this.#listed();
  }

  has(action: ActionNumber): boolean {
    return (this.startRow[action] ?? 0) > 0 || (this.endRow[action] ?? 0) > 0;
  }

  #listed(): Uint32Array {
    const listed = new Uint32Array(this.highest);
    let size = 0;
    for (let action = 1; action <= this.highest; action += 1) {
      if (!this.has(action)) continue;
      listed[size] = action;
      size += 1;
    }
    return listed.subarray(0, size);
  }

  /** X8, of what has ended so far. */
  counts(): ActionCounts {
    const counts = { ...NO_ACTIONS };
    for (let action = 1; action <= this.highest; action += 1) {
      if (this.endRow[action] === 0) continue;
      const verdict = verdictKind(this.verdict[action] ?? 0);
      counts.total += 1;
      if (verdict === 'reuse') counts.reused += 1;
      else if (verdict === 'adopt') counts.adopted += 1;
      else {
        counts.executed += 1;
        if (this.ended[action] === ERROR) counts.failed += 1;
      }
    }
    return counts;
  }

  #read(index: number, batch: FactsBatch, tasks: Map<TaskId, number>): void {
    const own = batch.tasks.map((task) => {
      const known = tasks.get(task);
      if (known !== undefined) return known;
      tasks.set(task, tasks.size);
      return tasks.size - 1;
    });
    for (let call = 0; call < batch.calls; call += 1) {
      const action = batch.action(call);
      const startRow = batch.startRow(call);
      const endRow = batch.endRow(call);
      if (startRow > 0) this.startRow[action] = startRow;
      if (endRow > 0) this.endRow[action] = endRow;
      // What the end says counts, in whatever order the two stand.
      else if (this.endRow[action] !== 0) continue;
      this.parent[action] = batch.parent(call);
      this.task[action] = own[batch.task(call)] ?? 0;
      this.verdict[action] = batch.verdict(call);
      this.ended[action] = batch.ended(call);
      this.attempts[action] = batch.attempts(call);
      this.durationMs[action] = batch.durationMs(call);
      this.batch[action] = index;
      this.call[action] = call;
    }
  }
}

function highestOf(batches: readonly FactsBatch[]): ActionNumber {
  const highest = Math.max(0, ...batches.map((batch) => batch.highest));
  const calls = batches.reduce((sum, batch) => sum + batch.calls, 0);
  if (highest <= calls * GAPS_PER_CALL + GAPS) return highest;
  throw new StoredFormError('facts name an action that cannot be');
}
