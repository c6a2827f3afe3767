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
      const text = `${source}\n${register}\n//# sourceMappingURL=bundle.mjs.map\n`;
      const digest = digestOf('bundle', text);
      const folder = join(state, 'bundles', digest);
      const path = join(folder, 'bundle.mjs');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text);
      writeFileSync(`${path}.map`, lineMap(text.split('\n').length));
      return { digest, path, root, entry: 'src/main.ts', cwd: root };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Each line of the bundle is that line of `src/main.ts`, as from a bundle at the root. */
function lineMap(lines: number): string {
  const mappings = ['AAAA', ...Array.from({ length: lines - 1 }, () => 'AACA')].join(';');
  return JSON.stringify({ version: 3, sources: ['src/main.ts'], names: [], mappings });
}
