import { env, versions } from 'node:process';
import type { CreateDependencies, CreateNodesV2 } from '@nx/devkit';
import { findEdges } from './edges/create-dependencies.ts';
import { SpecifierMemory } from './edges/reached-projects.ts';
import { CONFIG_GLOB, inferTargets } from './inference/create-nodes.ts';
import type { PluginOptions } from './inference/plugin-options.ts';

export type { PluginOptions } from './inference/plugin-options.ts';
export type { ExecuteOptions } from './executors/execute/options.ts';
export type { PlanOptions } from './executors/plan/options.ts';
export type { VerifyOptions } from './executors/verify/options.ts';

/** How Nx names the plugin in messages. */
export const name = '@skein/nx';

/** Targets of projects that have a `skein.config.ts`; Nx 22 and later call it by this name. */
export const createNodes: CreateNodesV2<PluginOptions> = [
  CONFIG_GLOB,
  async (files, options, context) =>
    await inferTargets(files, options, {
      ...context,
      world: { nodeVersion: versions.node, environment: env },
    }),
];

/** The same, by the name that earlier Nx calls it. */
export const createNodesV2 = createNodes;

const memory = new SpecifierMemory();

/** Edges from pipelines to the projects that they import. */
export const createDependencies: CreateDependencies<PluginOptions> = (_options, context) =>
  findEdges(context, memory);
