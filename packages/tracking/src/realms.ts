import vm from 'node:vm';
import { trackRealmClock } from './clock.ts';
import type { Realm } from './clock.ts';
import { Patches } from './patches.ts';
import { trackRealmRandomness } from './randomness.ts';
import type { Reporter } from './report-impurity.ts';

/**
 * A context of `node:vm` has a `Date` and a `Math.random` of its own: they are reported as well
 * (O8). Where a script makes its context itself, it is made beforehand.
 */
export function trackRealms(patches: Patches, { impure }: Reporter): void {
  const seen = new WeakSet<vm.Context>();
  const { isContext, Script } = vm;
  const script = new Script('globalThis');
  const track = (context: vm.Context): vm.Context => {
    if (seen.has(context)) return context;
    seen.add(context);
    const realm = script.runInContext(context) as Realm & { readonly Math: Math };
    // Nobody takes these away: they live as long as the context.
    const inside = new Patches();
    if (!Object.hasOwn(context, 'Date')) trackRealmClock(inside, impure, realm);
    if (!Object.hasOwn(context, 'Math')) trackRealmRandomness(inside, impure, realm);
    return context;
  };
  const createContext = vm.createContext.bind(vm);
  const made = (given: unknown, options: unknown): vm.Context => {
    const context = (given ?? {}) as vm.Context;
    const isOld = typeof context === 'object' && isContext(context);
    return isOld ? context : track(createContext(context, contextOptions(options)));
  };
  patches.replace(vm, 'createContext', (own) =>
    calling(own, (target, args) => track(target(args) as vm.Context)),
  );
  patches.replace(vm, 'runInNewContext', (own) =>
    calling(own, (target, [code, given, options]) => target([code, made(given, options), options])),
  );
  patches.replace(Script.prototype, 'runInNewContext', (own) =>
    calling(own, (target, [given, options]) => target([made(given, options), options])),
  );
}

type Call = (args: readonly unknown[]) => unknown;

/** A function that is called in another way than it was written. */
function calling(own: unknown, call: (target: Call, args: readonly unknown[]) => unknown): unknown {
  return new Proxy(own as () => unknown, {
    apply: (target, self, args: unknown[]) =>
      call((given) => Reflect.apply(target, self, given), args),
  });
}

/** What `runInNewContext` hands on of its options. */
function contextOptions(given: unknown): vm.CreateContextOptions {
  if (typeof given !== 'object' || given === null) return {};
  const options: vm.RunningScriptInNewContextOptions = given;
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } = options;
  return {
    ...(contextName !== undefined && { name: contextName }),
    ...(contextOrigin !== undefined && { origin: contextOrigin }),
    ...(contextCodeGeneration !== undefined && { codeGeneration: contextCodeGeneration }),
    ...(microtaskMode !== undefined && { microtaskMode }),
  };
}
