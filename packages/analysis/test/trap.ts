import type { Trap } from './oracle.ts';
import type { Files } from './workspace.ts';

export const HEAD =
  "import { environment, map } from 'skein';\nconst env = environment({ name: 'e' });\n";
const CALL = 'export const a = env.task(async (x: any) => f(x));\n';
/** A task that calls `f` of `./lib.ts`. */
export const CALLS = `${HEAD}import { f } from './lib.ts';\n${CALL}`;

/** `§` of a text becomes 1, then 2. */
export function both(files: Files): Pick<Trap, 'files' | 'edit'> {
  const entries = Object.entries(files);
  return {
    files: Object.fromEntries(entries.map(([path, it]) => [path, it.replaceAll('§', '1')])),
    edit: Object.fromEntries(entries.map(([path, it]) => [path, it.replaceAll('§', '2')])),
  };
}

/** The module that the task calls `f` of. */
export const lib = (name: string, text: string, more: Files = {}): Trap => {
  return { name, ...both({ 'src/main.ts': CALLS, 'src/lib.ts': text, ...more }) };
};

/** The main module, with the task `a` in it. */
export const main = (name: string, text: string, more: Files = {}): Trap => {
  return { name, ...both({ 'src/main.ts': HEAD + text, ...more }) };
};

export const installed = (name: string, code: string, manifest: object = {}): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({
    name,
    version: '1.0.0',
    main: 'index.js',
    ...manifest,
  }),
  [`node_modules/${name}/index.js`]: code,
});
