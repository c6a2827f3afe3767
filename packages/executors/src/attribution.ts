import { AsyncLocalStorage } from 'node:async_hooks';
import type { Watcher } from '@skein/tracking';

/** Whom code can belong to: an action, or whatever a process does outside of actions. */
export interface Owner {
  /** Told what the code touches. */
  readonly watcher: Watcher;
}

interface Context {
  /** `undefined`: Skein itself. */
  readonly owner: Owner | undefined;
  /** Names given by `group`, outermost first. */
  readonly groups: readonly string[];
}

const NO_GROUPS: readonly string[] = [];
const OURS: Context = { owner: undefined, groups: NO_GROUPS };

/** What asynchronous code belongs to (O9). */
const contexts = new AsyncLocalStorage<Context>();

/** Whose code is running; `undefined` for Skein's, and for code that lost its context. */
export function currentOwner(): Owner | undefined {
  return contexts.getStore()?.owner;
}

export function currentGroups(): readonly string[] {
  return contexts.getStore()?.groups ?? NO_GROUPS;
}

/** Who watches the code that is running: never Skein's; `stranger` what lost its context. */
export function currentWatcher(stranger: Watcher | undefined): Watcher | undefined {
  const context = contexts.getStore();
  return context === undefined ? stranger : context.owner?.watcher;
}

/** Runs code that belongs to `owner`, with everything it starts. */
export function runAs<T>(owner: Owner, fn: () => T, groups = NO_GROUPS): T {
  return contexts.run({ owner, groups }, fn);
}

/** Runs code of Skein's on behalf of an owner who has nothing to do with how it is done. */
export function ourselves<T>(fn: () => T): T {
  return contexts.run(OURS, fn);
}
