import { existsSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import {
  AggregateCreateNodesError,
  type CreateNodesResult,
  type CreateNodesContextV2,
  type CreateNodesResultV2,
} from '@nx/devkit';
import type { ProjectConfig } from 'skein';
import { isNodeRecent } from '../node-version.ts';
import { type PluginOptions, readPluginOptions, type TargetNames } from './plugin-options.ts';
import { checkReading, ConfigError, isPipeline } from './project-config.ts';
import { type Found, readConfigs } from './read-configs.ts';
import { DEFAULT_ENTRY, targetsOf } from './targets.ts';

export const CONFIG_GLOB = '**/skein.config.{ts,mts,js,mjs,json}';

/** What inference needs of the process that it is in. */
export interface InferenceWorld {
  readonly nodeVersion: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Targets for each project with a configuration. What is wrong with one does not take away those
 * of the others: Nx is told all of it at once.
 */
export async function inferTargets(
  files: readonly string[],
  options: PluginOptions | undefined,
  at: CreateNodesContextV2 & { readonly world: InferenceWorld },
): Promise<CreateNodesResultV2> {
  const names = readPluginOptions(options);
  const found = await readAll(files, at);
  const results: [string, CreateNodesResult][] = [];
  const errors: [string, Error][] = [];
  for (const file of files) {
    try {
      const result = inferProject(file, { ...at, files, names, found: found?.get(file) });
      if (result !== undefined) results.push([file, result]);
    } catch (error) {
      errors.push([file, error instanceof Error ? error : new Error(String(error))]);
    }
  }
  if (errors.length > 0) throw new AggregateCreateNodesError(errors, results);
  return results;
}

/**
 * `undefined` under a Node that cannot load them: the targets are there then, so that Nx shows
 * and lists everything, and the executor says which Node is needed.
 */
async function readAll(
  files: readonly string[],
  { workspaceRoot, world }: CreateNodesContextV2 & { readonly world: InferenceWorld },
): Promise<ReadonlyMap<string, Found> | undefined> {
  if (!isNodeRecent(world.nodeVersion)) return undefined;
  const given = world.environment['NX_WORKSPACE_DATA_DIRECTORY'];
  const data = resolve(workspaceRoot, given ?? join('.nx', 'workspace-data'));
  return await readConfigs({ root: workspaceRoot, files, kept: join(data, 'skein-configs.json') });
}

interface ProjectRequest {
  readonly workspaceRoot: string;
  readonly files: readonly string[];
  readonly names: TargetNames;
  readonly found: Found | undefined;
}

function inferProject(file: string, request: ProjectRequest): CreateNodesResult | undefined {
  const projectRoot = dirname(file);
  const { workspaceRoot, files, names, found } = request;
  if (projectRoot !== '.') checkProject(file, workspaceRoot);
  const other = files.find((one) => one !== file && dirname(one) === projectRoot);
  if (other !== undefined) {
    throw new ConfigError(
      `"${projectRoot}" has two configurations`,
      [
        ['one', `"${file}"`],
        ['other', `"${other}"`],
      ],
      'keep one of the two',
    );
  }
  const config = configOf(file, found, workspaceRoot);
  if (config === undefined) return undefined;
  const targets = targetsOf({ projectRoot, config, names });
  return { projects: { [projectRoot]: { root: projectRoot, targets } } };
}

function checkProject(file: string, workspaceRoot: string): void {
  const folder = dirname(file);
  const manifests = ['project.json', 'package.json'];
  if (manifests.some((name) => existsSync(join(workspaceRoot, folder, name)))) return;
  throw new ConfigError(
    `the configuration "${file}" is of no project`,
    [['folder', `"${folder}", without project.json and package.json`]],
    'add one of the two, or move the configuration to the folder of a project',
  );
}

/** `undefined` where the root's says nothing of a pipeline. */
function configOf(
  file: string,
  found: Found | undefined,
  workspaceRoot: string,
): ProjectConfig | undefined {
  const isRoot = dirname(file) === '.';
  if (found === undefined) return isRoot ? undefined : {};
  if (found.reading === undefined) {
    throw new ConfigError(
      `the configuration "${file}" cannot be loaded`,
      [['error', found.error ?? 'none']],
      file.endsWith('.json')
        ? 'it is JSON, without comments and trailing commas'
        : 'Node itself imports it: it may use TypeScript as far as types can be stripped',
    );
  }
  if (isRoot && !isPipeline(found.reading)) return undefined;
  const config = checkReading(file, found.reading, { root: isRoot });
  const { entry = DEFAULT_ENTRY } = config;
  const path = posix.join(dirname(file), entry);
  if (existsSync(join(workspaceRoot, path))) return config;
  throw new ConfigError(
    `the pipeline of "${file}" is not there`,
    [['entry', `"${path}"`]],
    '"entry" is a path from the folder of the configuration on; unless told, "src/main.ts"',
  );
}
