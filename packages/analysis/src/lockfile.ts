import type { Failure } from '@skein/model';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalysisContext } from './context.ts';
import { readManifest } from './packages.ts';
import { toAbsolute } from './workspace-path.ts';

/** Lock files whose versions are compared with what is installed, relative to the root. */
export const LOCK_FILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'] as const;

/** The versions that a lock file allows for the package in a folder; `undefined`: none is named. */
type Locked = (folder: string, name: string) => readonly string[] | undefined;

/** C6: what is installed counts; where a lock file says another version, a warning says so. */
export function lockfileWarnings(
  { root, packages }: AnalysisContext,
  folders: readonly string[],
): Failure[] {
  if (folders.length === 0) return [];
  const found = lockedVersions(root);
  if (found === undefined) return [];
  const warnings: Failure[] = [];
  const all = new Set(folders.flatMap((it) => packages.closure(it)));
  for (const folder of [...all].sort()) {
    const { name, version } = readManifest(toAbsolute(root, folder));
    if (typeof version !== 'string') continue;
    const wanted = found.locked(folder, String(name));
    if (wanted === undefined || wanted.includes(version)) continue;
    warnings.push({
      code: 'lockfile-differs',
      kind: 'warning',
      headline: `installed package "${String(name)}" is not the one in the lock file`,
      facts: [
        ['installed', version],
        ['lock file', wanted.join(' or ')],
      ],
      hint: `run ${found.install} to install what the lock file says`,
    });
  }
  return warnings;
}

function lockedVersions(root: string): { locked: Locked; install: string } | undefined {
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(root, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const [npm, pnpm, yarn] = LOCK_FILES.map(read);
  if (npm !== undefined) return { locked: readNpm(npm), install: 'npm ci' };
  if (pnpm !== undefined) {
    return { locked: byName(readPnpm(pnpm)), install: 'pnpm install --frozen-lockfile' };
  }
  if (yarn === undefined) return undefined;
  return { locked: byName(readYarn(yarn)), install: 'yarn install --immutable' };
}

/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json: a version for each folder. */
function readNpm(text: string): Locked {
  const versions = new Map<string, readonly string[]>();
  try {
    const parsed = JSON.parse(text) as {
      readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
    };
    for (const [folder, { version }] of Object.entries(parsed.packages ?? {})) {
      if (folder !== '' && version !== undefined) versions.set(folder, [version]);
    }
  } catch {
    // A damaged lock file says nothing.
  }
  return (folder) => versions.get(folder);
}

type NamedVersion = readonly [name: string, version: string];

/** Keys below `packages`: `'@scope/name@1.0.0(peer)'`, with `/` in front before version 9. */
function* readPnpm(text: string): Generator<NamedVersion> {
  const start = text.search(/^packages:/m);
  const section = start < 0 ? '' : (text.slice(start + 'packages:'.length).split(/^\S/m)[0] ?? '');
  const key = /^ {2}['"]?\/?((?:@[^@/\s]+\/)?[^@/\s'"]+)@(\d[^('":\s]*)/gm;
  for (const [, name = '', version = ''] of section.matchAll(key)) yield [name, version];
}

/** Blocks of `name@range, name@other:` over a line with the version, of both kinds of yarn. */
function* readYarn(text: string): Generator<NamedVersion> {
  const block = /^"?((?:@[^@/\s]+\/)?[^@/\s"]+)@.*:\n {2}version:? "?([^"\s]+)/gm;
  for (const [, name = '', version = ''] of text.matchAll(block)) yield [name, version];
}

function byName(found: Iterable<NamedVersion>): Locked {
  const versions = new Map<string, string[]>();
  for (const [name, version] of found) {
    const known = versions.get(name);
    if (known === undefined) versions.set(name, [version]);
    else if (!known.includes(version)) known.push(version);
  }
  return (_, name) => versions.get(name);
}
