import { enter } from './entry.ts';

/** A property that stood before, or `undefined` where there was none. */
interface Replaced {
  readonly holder: object;
  readonly name: PropertyKey;
  readonly before: PropertyDescriptor | undefined;
}

/**
 * Asked before a function does what it does; what it throws is thrown instead. `isNew`: it is
 * called by `new`.
 */
export type Before = (args: readonly unknown[], self: unknown, isNew: boolean) => void;

/** Properties that tracking put in the place of others, until they are put back. */
export class Patches {
  readonly #replaced: Replaced[] = [];

  /** Defines a property; what it was is remembered. */
  define(holder: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, { configurable: true, ...descriptor });
    this.#replaced.push({ holder, name, before });
  }

  /** Puts another value in the place of an own property's; does nothing where there is none. */
  replace(holder: object, name: PropertyKey, make: (own: unknown) => unknown): void {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    if (before === undefined || before.configurable === false || !('value' in before)) return;
    this.define(holder, name, { ...before, value: make(before.value) });
  }

  /**
   * Has `before` called each time an own function is called. A proxy stands for it, so that its
   * name, its length and whatever hangs on it (`util.promisify.custom`) stay.
   */
  beforeCall(holder: object, name: PropertyKey, before: Before): void {
    this.replace(holder, name, (own) => {
      if (typeof own !== 'function') return own;
      // Written without its brackets, `os.hostname` is text as well.
      if (Object.hasOwn(own, Symbol.toPrimitive)) this.beforeCall(own, Symbol.toPrimitive, before);
      return asking(own, before);
    });
  }

  /** Has `before` called each time an own property is read, be it a value or a getter. */
  beforeRead(holder: object, name: PropertyKey, before: () => void): void {
    const own = Object.getOwnPropertyDescriptor(holder, name);
    if (own === undefined || own.configurable === false) return;
    if (own.get !== undefined) {
      const { get: read } = own as { readonly get: () => unknown };
      this.define(holder, name, { ...own, get: asking(read, () => before()) });
      return;
    }
    const { enumerable = false } = own;
    let value: unknown = own.value;
    const get = (): unknown => {
      enter(get, before);
      return value;
    };
    const set = (next: unknown): void => {
      value = next;
    };
    this.define(holder, name, { enumerable, get, ...(own.writable === true && { set }) });
  }

  /** Puts everything back, the newest first. */
  undo(): void {
    for (const { holder, name, before } of this.#replaced.toReversed()) {
      if (before === undefined) Reflect.deleteProperty(holder, name);
      else Object.defineProperty(holder, name, before);
    }
    this.#replaced.length = 0;
  }
}

/** The function itself to all appearances, but that it asks first, also as a constructor. */
export function asking<T extends object>(own: T, before: Before): T {
  const apply: ProxyHandler<T>['apply'] = (target, self, args: unknown[]) => {
    enter(apply, () => before(args, self, false));
    return Reflect.apply(target as unknown as () => unknown, self, args);
  };
  const construct: ProxyHandler<T>['construct'] = (target, args: unknown[], newTarget) => {
    enter(construct, () => before(args, undefined, true));
    return Reflect.construct(target as unknown as new () => object, args, newTarget) as object;
  };
  return new Proxy(own, { apply, construct });
}
