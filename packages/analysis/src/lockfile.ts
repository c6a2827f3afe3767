import type { Failure } from '@skein/model';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalysisContext } from './context.ts';
import { readManifest } from './packages.ts';
import { toAbsolute } from './workspace-path.ts';

/** C6: what is installed counts; where npm's lock file says another version, a warning says so. */
export function lockfileWarnings(
  { root, packages }: AnalysisContext,
  folders: readonly string[],
): Failure[] {
  if (folders.length === 0) return [];
  const locked = lockedVersions(root);
  if (locked === undefined) return [];
  const warnings: Failure[] = [];
  const all = new Set(folders.flatMap((it) => packages.closure(it)));
  for (const folder of [...all].sort()) {
    const wanted = locked.get(folder);
    const { name, version } = readManifest(toAbsolute(root, folder));
    if (wanted === undefined || typeof version !== 'string' || wanted === version) continue;
    warnings.push({
      code: 'lockfile-differs',
      kind: 'warning',
      headline: `installed package "${String(name)}" is not the one in the lock file`,
      facts: [
        ['installed', version],
        ['lock file', wanted],
      ],
      hint: 'run npm ci to install what the lock file says',
    });
  }
  return warnings;
}

function lockedVersions(root: string): Map<string, string> | undefined {
  try {
    const parsed = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
    };
    return new Map(
      Object.entries(parsed.packages ?? {}).flatMap(([folder, { version }]) =>
        folder === '' || version === undefined ? [] : [[folder, version] as const],
      ),
    );
  } catch {
    return undefined;
  }
}
