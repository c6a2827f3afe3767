import type { ActionFinished, ResultOutcome } from '@skein/model';
import type { RunFrame } from './frame.ts';
import { isPresent } from './present.ts';
import type { LiveAction, RecalledCalls } from './live-action.ts';
import type { SettledCall } from './settled-call.ts';

/**
 * What the calls of an action came to in its earlier attempts (R6), as it stands on record: a
 * running caller keeps nothing of calls that were answered, for they may be very many.
 */
export class Recalled implements RecalledCalls {
  readonly #frame: RunFrame;
  /** By identity, and by how many identical calls came before. */
  readonly #results = new Map<string, Map<number, ActionFinished>>();

  constructor(frame: RunFrame, caller: LiveAction) {
    this.#frame = frame;
    for (const event of frame.finished(caller.number)) {
      if (event.outcome.kind !== 'result') continue;
      const task = frame.tasks.naming(event.task, event.override);
      if (!task.ok) continue;
      let identity = task.value.identity;
      for (const { digest } of event.inputs) identity += `|${digest}`;
      const { count = 0 } = event;
      const alike = this.#results.get(identity);
      if (alike === undefined) this.#results.set(identity, new Map([[count, event]]));
      else alike.set(count, event);
    }
  }

  /** The action is in the tree already; what it says of its caller, that one has taken over. */
  async answer(identity: string, count: number): Promise<SettledCall | undefined> {
    const event = this.#results.get(identity)?.get(count);
    if (event === undefined || !(await isPresent(this.#frame, event.outcome))) return undefined;
    const { action, outcome } = event as ActionFinished & { readonly outcome: ResultOutcome };
    const flags = { thrower: action, volatile: false, tainted: false };
    return { how: 'executed', outcome, action, ...flags };
  }
}
