import { join } from 'node:path';
import { existsSync, realpathSync } from 'node:fs';
import { Keeper } from './keep.ts';
import { type InstalledPackage, type PackageMember, Packages } from './packages.ts';
import { KEPT_FOLDER, KEPT_VERSION } from './settings.ts';
import { toAbsolute } from './workspace-path.ts';

export interface InstalledRequest {
  /** Absolute workspace root and state directory. */
  readonly root: string;
  readonly state: string;
  /** Milliseconds since 1970 (C8). */
  readonly now: () => number;
}

export interface InstalledNow extends InstalledPackage {
  /** What the digest covers: the package itself, then what it depends on. */
  readonly members: readonly PackageMember[];
}

/**
 * The packages that lie in these folders now, relative to the root, each with the digest that its
 * `package` part would have (C6): for code that was analysed another day. One that is not
 * installed is absent.
 */
export function installedNow(
  { root, state, now }: InstalledRequest,
  folders: readonly string[],
): ReadonlyMap<string, InstalledNow> {
  const real = realpathSync.native(root);
  const packages = new Packages(real, new Keeper(join(state, KEPT_FOLDER, KEPT_VERSION)), now);
  return new Map(
    folders
      .filter((it) => existsSync(toAbsolute(real, it)))
      .map((it) => [it, { ...packages.installed(it), members: packages.members(it) }]),
  );
}
