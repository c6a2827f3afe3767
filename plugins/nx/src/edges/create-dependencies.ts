import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CreateDependenciesContext,
  DependencyType,
  type ProjectConfiguration,
  type RawProjectGraphDependency,
} from '@nx/devkit';
import { FileOwners } from './file-owners.ts';
import { PathAliases } from './path-aliases.ts';
import { reachedProjects, type SpecifierMemory } from './reached-projects.ts';

const OUR_EXECUTOR = /^@skein\/nx:/;

/**
 * An edge from each project with a pipeline to every other project that the pipeline's modules
 * come from: so `nx affected -t execute` finds what a change reaches, also where Nx itself does
 * not look into sources, and where what lies between is no pipeline.
 */
export function findEdges(
  { projects, fileMap, workspaceRoot }: CreateDependenciesContext,
  memory: SpecifierMemory,
): RawProjectGraphDependency[] {
  const pipelines = Object.entries(projects).flatMap(([name, project]) =>
    entriesOf(project).map((entry) => ({ name, entry })),
  );
  if (pipelines.length === 0) return [];
  const around = {
    root: workspaceRoot,
    owners: new FileOwners({ fileMap, projects }),
    aliases: new PathAliases(workspaceRoot),
    packages: packagesOf(projects, workspaceRoot),
    memory,
  };
  const targets = new Map<string, Set<string>>();
  for (const { name, entry } of pipelines) {
    const of = targets.get(name) ?? new Set();
    targets.set(name, of);
    for (const project of reachedProjects(entry, around)) if (project !== name) of.add(project);
  }
  return [...targets].flatMap(([source, of]) =>
    [...of].toSorted().map((target) => ({ source, target, type: DependencyType.implicit })),
  );
}

/** The entries of all targets with one of our executors, inferred or written by hand. */
function entriesOf({ root, targets = {} }: ProjectConfiguration): readonly string[] {
  const entries = Object.values(targets).flatMap(({ executor = '', options }) => {
    const entry: unknown = (options as { readonly entry?: unknown } | undefined)?.entry;
    return OUR_EXECUTOR.test(executor) && typeof entry === 'string' ? [entry] : [];
  });
  return [
    ...new Set(
      entries.map((entry) =>
        entry.replaceAll('{projectRoot}', root).replaceAll('{workspaceRoot}/', ''),
      ),
    ),
  ];
}

function packagesOf(
  projects: Readonly<Record<string, ProjectConfiguration>>,
  workspaceRoot: string,
): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  for (const [project, { root, metadata }] of Object.entries(projects)) {
    const name = metadata?.js?.packageName ?? nameIn(join(workspaceRoot, root, 'package.json'));
    if (name !== undefined) packages.set(name, project);
  }
  return packages;
}

function nameIn(manifest: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
