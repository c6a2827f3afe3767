import type { Failure, ImageRequest, TaskOptions } from '@skein/model';

/** Where actions run, as a command asks for it; absent: where their options say. */
export type ExecutorChoice = 'pool' | 'inline' | 'container';

/** Of a task that is to run in a container, and for which nobody names an image. */
export const NO_IMAGE = '';

/**
 * The image that a task with these options runs in; `undefined`: on this machine. `fallback` is the
 * image of tasks that name none. A task's own `process` or `inline` is kept by all.
 */
export function imageFor(
  wanted: ExecutorChoice | undefined,
  fallback: ImageRequest | undefined,
): (options: Pick<TaskOptions, 'image' | 'isolation'>) => ImageRequest | undefined {
  return ({ image, isolation }) => {
    if (wanted === 'pool' || wanted === 'inline') return undefined;
    if (isolation === 'process' || isolation === 'inline') return undefined;
    if (image !== undefined) return image;
    const isContained = wanted === 'container' || isolation === 'container';
    return isContained ? (fallback ?? NO_IMAGE) : undefined;
  };
}

/** `tasks`: those that are to run in a container without one. */
export function noImage(tasks: readonly string[]): Failure {
  return {
    code: 'image-missing',
    kind: 'usage',
    headline: 'a task is to run in a container, and nobody names an image for it',
    facts: tasks.length === 0 ? [] : [[tasks.length === 1 ? 'task' : 'tasks', tasks.join(', ')]],
    hint: 'give the task "image", or the configuration "container.image": the default one',
  };
}
