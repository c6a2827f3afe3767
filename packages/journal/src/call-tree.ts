import type { ActionNumber } from '@skein/model';
import type { CallColumns } from './call-columns.ts';

/**
 * Who called whom, as columns: the calls of an action stand together, in the order of their
 * numbers. Actions that a check looked at are not listed; their calls belong to the nearest caller
 * that is.
 */
export class CallTree {
  readonly #columns: CallColumns;
  readonly #passed: ReadonlyMap<ActionNumber, ActionNumber>;
  readonly #parent: Uint32Array;
  readonly #first: Uint32Array;
  readonly #children: Uint32Array;

  constructor(columns: CallColumns, passed: ReadonlyMap<ActionNumber, ActionNumber>) {
    this.#columns = columns;
    this.#passed = passed;
    const { highest } = columns;
    this.#parent = new Uint32Array(highest + 1);
    this.#first = new Uint32Array(highest + 2);
    for (const action of columns.listed) {
      const parent = this.#listed(columns.parent[action] ?? 0, action);
      this.#parent[action] = parent;
      this.#first[parent + 1] = (this.#first[parent + 1] ?? 0) + 1;
    }
    for (let at = 1; at < this.#first.length; at += 1) {
      this.#first[at] = (this.#first[at] ?? 0) + (this.#first[at - 1] ?? 0);
    }
    this.#children = new Uint32Array(columns.listed.length);
    const next = this.#first.slice();
    for (const action of columns.listed) {
      const parent = this.#parent[action] ?? 0;
      const at = next[parent] ?? 0;
      this.#children[at] = action;
      next[parent] = at + 1;
    }
  }

  get size(): number {
    return this.#children.length;
  }

  parentOf(action: ActionNumber): ActionNumber {
    return this.#parent[action] ?? 0;
  }

  /** Of 0: the calls that no action of the run made. */
  childrenOf(action: ActionNumber): Uint32Array {
    return this.#children.subarray(this.#first[action] ?? 0, this.#first[action + 1] ?? 0);
  }

  countOf(action: ActionNumber): number {
    return (this.#first[action + 1] ?? 0) - (this.#first[action] ?? 0);
  }

  /** Callers have lower numbers: whatever the record says, this ends. */
  #listed(parent: ActionNumber, action: ActionNumber): ActionNumber {
    let listed = parent < action ? parent : 0;
    let above = this.#passed.get(listed);
    while (above !== undefined && above < listed) {
      listed = above;
      above = this.#passed.get(listed);
    }
    return this.#columns.has(listed) ? listed : 0;
  }
}
