import type { ActionNumber } from '@skein/model';
import type { CallColumns } from './call-columns.ts';
import type { CallTree } from './call-tree.ts';
import { verdictKind } from './facts-batch.ts';
import { ERROR } from './facts-layout.ts';
import type { CallGroup } from './run-index.ts';

/** So many failed calls are named. */
const NAMED = 8;

/** The calls of one action by task, in the order of the first call of each. */
export function groupCalls(
  columns: CallColumns,
  tree: CallTree,
  parent: ActionNumber,
): readonly CallGroup[] {
  const sizes = new Map<number, number>();
  const children = tree.childrenOf(parent);
  for (const action of children) {
    const task = columns.task[action] ?? 0;
    sizes.set(task, (sizes.get(task) ?? 0) + 1);
  }
  const groups = new Map<number, Growing>();
  for (const [task, size] of sizes) groups.set(task, new Growing(size));
  for (const action of children) {
    groups.get(columns.task[action] ?? 0)?.add(action, { columns, tree });
  }
  return [...groups].flatMap(([index, group]) => {
    const task = columns.tasks[index];
    return task === undefined ? [] : [{ task, ...group.result() }];
  });
}

class Growing {
  readonly #actions: Uint32Array;
  readonly #verdicts = { reuse: 0, adopt: 0, execute: 0 };
  readonly #firstFailed: ActionNumber[] = [];
  #size = 0;
  #failed = 0;
  #unfinished = 0;
  #executedMs = 0;
  #beneath = 0;

  constructor(size: number) {
    this.#actions = new Uint32Array(size);
  }

  add(action: ActionNumber, { columns, tree }: { columns: CallColumns; tree: CallTree }): void {
    this.#actions[this.#size] = action;
    this.#size += 1;
    const verdict = verdictKind(columns.verdict[action] ?? 0);
    this.#verdicts[verdict] += 1;
    if (verdict === 'execute') this.#executedMs += columns.durationMs[action] ?? 0;
    const ended = columns.ended[action];
    if (ended === 0) this.#unfinished += 1;
    if (ended === ERROR) {
      this.#failed += 1;
      if (this.#firstFailed.length < NAMED) this.#firstFailed.push(action);
    }
    this.#beneath += tree.countOf(action);
  }

  result(): Omit<CallGroup, 'task'> {
    return {
      actions: this.#actions,
      verdicts: this.#verdicts,
      failed: this.#failed,
      firstFailed: this.#firstFailed,
      unfinished: this.#unfinished,
      executedMs: this.#executedMs,
      beneath: this.#beneath,
    };
  }
}
