import { posix } from 'node:path';
import { getProjects, type Tree } from '@nx/devkit';
import { Refusal } from '../refusal.ts';
import type { PipelineOptions } from './options.ts';

/** Where the project is to be, and what it is called. */
export interface Place {
  readonly root: string;
  readonly name: string;
}

/** What both npm and Nx take for a name. */
const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const LONGEST = 214;
/** What git and Nx leave out wherever there is a workspace. */
const UNSEEN: ReadonlySet<string> = new Set(['node_modules', '.git', '.nx', '.skein']);

/** Throws a refusal where there is no room for it. */
export function choosePlace(tree: Tree, options: PipelineOptions): Place {
  const root = rootOf(options);
  const { name = posix.basename(root) } = options;
  if (!NAME.test(name) || name.length > LONGEST) {
    throw new Refusal(
      `"${name}" is no name for a project`,
      [['allowed', 'lower-case letters, digits, "-", "." and "_", after a "@scope/" if wanted']],
      options.name === undefined ? 'choose another one by "--name"' : 'choose another one',
    );
  }
  for (const [known, project] of getProjects(tree)) {
    if (known === name || project.root === root) {
      throw new Refusal(
        known === name ? `the workspace has a project "${name}"` : `"${root}" is a project already`,
        [
          ['project', `"${known}"`],
          ['folder', `"${project.root}"`],
        ],
        known === name ? 'choose another name by "--name"' : 'choose another folder',
      );
    }
  }
  const files = tree.children(root);
  if (files.length > 0) {
    throw new Refusal(
      `the folder "${root}" is not empty`,
      [['found', files.slice(0, 5).join(', ')]],
      'choose another folder, or write a skein.config.ts there by hand',
    );
  }
  return { root, name };
}

function rootOf({ directory, workingDirectory = '' }: PipelineOptions): string {
  const given = directory.replaceAll('\\', '/').replace(/\/+$/, '');
  const inside = given === workingDirectory || given.startsWith(`${workingDirectory}/`);
  const root = posix.normalize(
    workingDirectory === '' || inside ? given : posix.join(workingDirectory, given),
  );
  if (root === '.' || root === '') {
    throw new Refusal(
      'a pipeline needs a folder of its own',
      [['directory', `"${directory}"`]],
      'name one; a workspace that is one project says "entry" in its skein.config.ts',
    );
  }
  if (root.startsWith('..') || posix.isAbsolute(root)) {
    throw new Refusal(
      'the folder is outside the workspace',
      [['directory', `"${directory}"`]],
      'name one inside',
    );
  }
  const unseen = root.split('/').find((segment) => UNSEEN.has(segment));
  if (unseen !== undefined) {
    throw new Refusal(
      `Nx sees no projects in "${unseen}"`,
      [['directory', `"${directory}"`]],
      'name another folder',
    );
  }
  return root;
}
