import { join, posix } from 'node:path';
import {
  formatFiles,
  type GeneratorCallback,
  installPackagesTask,
  runTasksInSerial,
  type Tree,
} from '@nx/devkit';
import { initGenerator } from '../init/generator.ts';
import { declareProject, hasDependency, hasPackages } from './manifest.ts';
import type { PipelineOptions } from './options.ts';
import { choosePlace } from './place.ts';
import { writeTemplates } from './templates.ts';
import { writeTsconfig } from './tsconfig.ts';

/** Adds a project with a small pipeline, ready to run. */
export async function pipelineGenerator(
  tree: Tree,
  options: PipelineOptions,
): Promise<GeneratorCallback> {
  const place = choosePlace(tree, options);
  const { root, name } = place;
  const install = initGenerator(tree, { keepExistingVersions: true });
  const templates = { to: root, variables: { name: posix.basename(name) } };
  writeTemplates(tree, { ...templates, from: join(import.meta.dirname, 'files') });
  const runner = options.unitTestRunner ?? (hasDependency(tree, 'vitest') ? 'vitest' : 'none');
  if (runner === 'vitest') {
    writeTemplates(tree, { ...templates, from: join(import.meta.dirname, 'test-files') });
  }
  const tags = (options.tags ?? '').split(',').map((tag) => tag.trim());
  declareProject(
    tree,
    place,
    tags.filter((tag) => tag !== ''),
  );
  writeTsconfig(tree, root);
  if (options.skipFormat !== true) await formatFiles(tree);
  // A new package of the workspace has to be linked, whatever else is installed.
  const link = (): void => installPackagesTask(tree, true);
  return hasPackages(tree) ? link : runTasksInSerial(install);
}
