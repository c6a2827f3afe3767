import { createRequire, registerHooks, syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import type { Patches } from './patches.ts';

/** What a module of Node's is given in the place of its own, when it is asked for. */
export type Equip = (module: object) => void;

/**
 * Has modules of Node's changed when code first asks for them, by whatever way: loading them costs
 * time, and in some releases of Node prints a warning. Returns what ends it.
 */
export function whenAskedFor(patches: Patches, modules: ReadonlyMap<string, Equip>): () => void {
  const equipped = new Set<string>();
  const load = createRequire(import.meta.url);
  const asked = (specifier: unknown): void => {
    const name = typeof specifier === 'string' ? specifier.replace(/^node:/, '') : '';
    const equip = modules.get(name);
    if (equip === undefined || equipped.has(name)) return;
    equipped.add(name);
    equip(load(`node:${name}`) as object);
    syncBuiltinESMExports();
  };
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      asked(specifier);
      return found;
    },
  });
  patches.beforeCall(process, 'getBuiltinModule', ([name]) => asked(name));
  return () => hooks.deregister();
}
