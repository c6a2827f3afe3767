import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import type { BundleLocation } from '../src/executor.ts';

/** A workspace of its own, below the folder for temporary files. */
export interface Workshop {
  readonly root: string;
  readonly state: string;
  /** Writes a bundle of one module, `src/main.ts`, whose bindings are `names`. */
  bundle(names: readonly string[], source: string): BundleLocation;
  remove(): void;
}

export function openWorkshop(): Workshop {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-executors-')));
  const state = join(root, '.skein');
  mkdirSync(join(state, 'bundles'), { recursive: true });
  mkdirSync(join(root, 'src'));
  return {
    root,
    state,
    bundle: (names, source) => {
      const bindings = names.map((name) => `${name}: () => ${name}`).join(', ');
      const register = `globalThis[Symbol.for('skein.register')]('src/main.ts', { ${bindings} });`;
      const text = `${source}\n${register}\n`;
      const digest = digestOf('bundle', text);
      const path = join(state, 'bundles', `${digest}.mjs`);
      writeFileSync(path, text);
      return { digest, path, root, entry: 'src/main.ts', cwd: root };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
