import { within } from './nesting.ts';
import type { Operation } from './forms.ts';
import { currentTracking } from './tracking.ts';

type StreamClass = abstract new (...args: unknown[]) => object;

const WRITING = 'createWriteStream';
/** A stream opens its file later, on its own. */
const STEPS: ReadonlySet<string> = new Set(['open']);

/**
 * The class of streams over files, whose streams open what they read or write on behalf of
 * whoever made them. Reading and closing go by way of `fs.read` and `fs.close` anyway. It can be
 * called without `new`, and extended in the old way, as graceful-fs does.
 */
export function streamClass<T extends object>(original: T, by: string): T {
  return new Proxy(original, {
    apply: (target, self, args: unknown[]) =>
      opening({ by, path: args[0] }, () => Reflect.apply(target as Operation, self, args)),
    construct: (target, args: unknown[], newTarget) =>
      opening({ by, path: args[0] }, () =>
        Reflect.construct(target as StreamClass, args, newTarget),
      ),
  });
}

function opening<T>({ by, path }: { by: string; path: unknown }, make: () => T): T {
  const access = currentTracking()?.begin(by);
  const found = by === WRITING ? access?.target(path) : access?.path(path);
  if (access === undefined || found === undefined) return make();
  return within(access.origin(STEPS), make);
}
