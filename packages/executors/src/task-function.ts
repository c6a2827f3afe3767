import { functionOf } from '@skein/sdk';
import type { TaskId } from '@skein/model';
import type { BundleLocation } from './executor.ts';
import { loadBundle } from './load-bundle.ts';

/**
 * The author's function of a task, in a bundle that this process has loaded: what a debugger is to
 * stop at. `undefined`: the bundle does not load, or has no such task.
 */
export async function taskFunction(
  bundle: BundleLocation,
  task: TaskId,
): Promise<((...args: never[]) => Promise<unknown>) | undefined> {
  const { registry } = await loadBundle(bundle);
  const found = registry.task(task);
  return found === undefined ? undefined : functionOf(found);
}
