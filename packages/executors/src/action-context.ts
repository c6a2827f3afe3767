import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunningAction } from './running-action.ts';

/** What asynchronous code belongs to (O9). */
export interface ActionContext {
  readonly action: RunningAction;
  /** Names given by `group`, outermost first. */
  readonly groups: readonly string[];
}

export const actionContext = new AsyncLocalStorage<ActionContext>();

/** The action that the present code belongs to, whether it still runs or not. */
export function currentAction(): RunningAction | undefined {
  return actionContext.getStore()?.action;
}
