import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramRun } from './run-program.ts';

/** The peers of `bench/peers/package.json`, and why those that cannot take part cannot. */
export interface Peers {
  readonly folder: string;
  /** Undefined for a peer that is installed in the pinned version. */
  missing(name: string): string | undefined;
}

/**
 * Installs the peers as their lock file pins them, unless they are all there already. What cannot
 * be installed is missing, and the rows beside it say so.
 */
export async function installPeers(
  folder: string,
  install: (folder: string) => Promise<ProgramRun>,
): Promise<Peers> {
  const pinned = readPinned(folder);
  let trouble = '';
  if (pinned.some(([name, version]) => installedVersion(folder, name) !== version)) {
    try {
      await install(folder);
    } catch (error) {
      trouble = error instanceof Error ? ` (npm ci ${error.message})` : '';
    }
  }
  const absent = new Map(
    pinned.flatMap(([name, version]) => {
      const found = installedVersion(folder, name);
      if (found === version) return [];
      return [[name, `${version} is not installed${trouble}`]];
    }),
  );
  return { folder, missing: (name) => absent.get(name) };
}

function readPinned(folder: string): readonly (readonly [string, string])[] {
  const manifest: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return Object.entries(manifest.dependencies);
}

function installedVersion(folder: string, name: string): string | undefined {
  try {
    const file = join(folder, 'node_modules', name, 'package.json');
    const manifest: { readonly version: string } = JSON.parse(readFileSync(file, 'utf8'));
    return manifest.version;
  } catch {
    // Not installed, or half of it: both want an installation.
    return undefined;
  }
}
