import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { addToJson, readJsonFile } from '../edit-json.ts';

const BASE = 'tsconfig.base.json';
const SOLUTION = 'tsconfig.json';

/**
 * A tsconfig.json that fits the workspace: it extends the base where there is one, and is a
 * referenced project where the others are. Node runs the sources as they are, hence the endings.
 */
export function writeTsconfig(tree: Tree, root: string): void {
  const up = posix.relative(root, '.');
  const extended = tree.exists(BASE) ? { extends: `${up}/${BASE}` } : {};
  const referenced = isSolution(tree);
  const content = {
    ...extended,
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
      types: ['node'],
      strict: true,
      skipLibCheck: true,
      isolatedModules: true,
      allowImportingTsExtensions: true,
      ...(referenced ? { ...EMITTING } : { noEmit: true }),
    },
    include: ['src/**/*.ts', 'skein.config.ts'],
  };
  tree.write(posix.join(root, 'tsconfig.json'), `${JSON.stringify(content, null, 2)}\n`);
  if (!referenced) return;
  addToJson(tree, { path: SOLUTION, at: ['references'], value: { path: `./${root}` } });
}

/** A project that others refer to may not leave out its declarations. */
const EMITTING = {
  composite: true,
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: '.',
  outDir: './dist',
  tsBuildInfoFile: './dist/tsconfig.tsbuildinfo',
};

function isSolution(tree: Tree): boolean {
  const content = readJsonFile(tree, SOLUTION) as { readonly references?: unknown } | undefined;
  return Array.isArray(content?.references);
}
