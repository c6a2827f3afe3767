import type { PlainObservation } from '@skein/model';
import type { Digest } from '@skein/values';
import { Access } from './access.ts';
import type { Surroundings } from './access.ts';
import { currentOrigin, isQuiet } from './nesting.ts';
import { ObservedPaths } from './observed-path.ts';
import type { ObservedPath } from './observed-path.ts';
import type { ModuleDigests } from './module-digest.ts';
import { PackageReads } from './package-reads.ts';
import { ScratchOwners } from './scratch-owners.ts';
import type { TrackingSettings } from './settings.ts';

/** Where accesses begin while tracking is installed. */
export class Tracking implements Surroundings {
  readonly settings: TrackingSettings;
  readonly paths: ObservedPaths;
  readonly scratch: ScratchOwners;
  readonly #packages: PackageReads;

  constructor(settings: TrackingSettings, digests: ModuleDigests) {
    this.settings = settings;
    this.paths = new ObservedPaths(settings);
    this.scratch = new ScratchOwners(settings.scratch);
    this.#packages = new PackageReads(digests);
  }

  /** `undefined`: nobody watches, or it is a part of another access. */
  begin(by: string): Access | undefined {
    if (isQuiet()) return undefined;
    const watcher = this.settings.watcher();
    if (watcher === undefined || currentOrigin()?.steps === 'whole') return undefined;
    return new Access(this, watcher, by);
  }

  fileSeen(path: ObservedPath, digest: Digest | null): PlainObservation {
    const { name, inPackage } = path;
    const seen = { kind: 'file', path: name, digest } as const;
    if (inPackage === undefined || digest === null) return seen;
    return this.#packages.covering(path, digest) ?? seen;
  }
}

let installed: Tracking | undefined;

/** Node keeps some of the functions that it finds: they ask who tracks at present. */
export function currentTracking(): Tracking | undefined {
  return installed;
}

export function setTracking(tracking: Tracking | undefined): void {
  installed = tracking;
}
