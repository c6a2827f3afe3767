import { disguise } from './forms.ts';
import type { Operation } from './forms.ts';
import type { Access } from './access.ts';
import { outward, within } from './nesting.ts';
import type { Origin } from './nesting.ts';
import { currentTracking } from './tracking.ts';

/** What Node's patterns are matched with: each of these is observed by itself. */
const STEPS: ReadonlySet<string> = new Set([
  'readdir',
  'readdirSync',
  'lstat',
  'lstatSync',
  'stat',
  'statSync',
  'realpath',
  'realpathSync',
]);

/**
 * Node takes these functions as they are when patterns are first matched in a process; what it
 * took before tracking was there is seen by nobody.
 */
let isSeen: boolean | undefined;

/** To be asked before any pattern is matched by way of the functions here. */
function takeNote(): void {
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] };
  isSeen ??= !moduleLoadList.includes('NativeModule internal/fs/glob');
}

function begin(by: string): Access | undefined {
  const access = currentTracking()?.begin(by);
  if (isSeen === false) access?.untraceable(`nobody could see what ${by} looked up`);
  return access;
}

export function globSyncForm(original: Operation): Operation {
  takeNote();
  return disguise(original, function (this: unknown, pattern, options, ...rest) {
    const access = begin('globSync');
    if (access === undefined) return Reflect.apply(original, this, [pattern, options, ...rest]);
    const given = withOwnExclude(options);
    const match = (): unknown => Reflect.apply(original, this, [pattern, given, ...rest]);
    return within(access.origin(STEPS), match);
  });
}

export function globForm(original: Operation): Operation {
  return disguise(original, function (this: unknown, ...args) {
    const access = begin('glob');
    if (access === undefined) return Reflect.apply(original, this, args);
    const place = args.findLastIndex((arg) => typeof arg === 'function');
    const given = args.map((arg, index) =>
      index === place ? outward(arg as Operation) : withOwnExclude(arg),
    );
    return within(access.origin(STEPS), () => Reflect.apply(original, this, given));
  });
}

/** The one of promises, which works only when it is asked for the next path. */
export function globIteratorForm(original: Operation): Operation {
  return disguise(original, function (this: unknown, pattern, options, ...rest) {
    const access = begin('glob');
    const given = access === undefined ? options : withOwnExclude(options);
    const paths = Reflect.apply(original, this, [pattern, given, ...rest]);
    if (access === undefined) return paths;
    return eachWithin(access, paths as AsyncGenerator<unknown>);
  });
}

function eachWithin(access: Access, paths: AsyncGenerator<unknown>): AsyncGenerator<unknown> {
  const origin: Origin = access.origin(STEPS);
  const next = paths.next.bind(paths);
  return Object.defineProperty(paths, 'next', {
    value: () => within(origin, () => next()),
    configurable: true,
    writable: true,
  });
}

function withOwnExclude(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  if (!('exclude' in options) || typeof options.exclude !== 'function') return options;
  return { ...options, exclude: outward(options.exclude as Operation) };
}
