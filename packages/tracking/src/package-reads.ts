import type { Digest } from '@skein/values';
import type { PlainObservation } from '@skein/model';
import type { ModuleDigests } from './module-digest.ts';
import type { ObservedPath } from './observed-path.ts';
import { realPath } from './package-content.ts';

/** Stands for files of installed packages that are read as files (O2). */
export class PackageReads {
  readonly #digests: ModuleDigests;
  /** By folder, as long as what was read is what the package was found to hold. */
  readonly #seen = new Map<string, PlainObservation>();

  constructor(digests: ModuleDigests) {
    this.#digests = digests;
  }

  /** The observation of the package, where it covers that a file of it has this content. */
  covering(path: ObservedPath, content: Digest): PlainObservation | undefined {
    const seen = this.#find(path);
    const known = this.#known(path);
    if (known === undefined || known === content) return known && seen;
    // It was looked at before the file became what the author got.
    this.#digests.forget();
    this.#seen.clear();
    const again = this.#find(path);
    return this.#known(path) === content ? again : undefined;
  }

  /** What the observation takes the file to hold; links lead to what it does not cover. */
  #known({ absolute }: ObservedPath): Digest | undefined {
    return this.#digests.knownContent(realPath(absolute))?.digest;
  }

  #find({ absolute, inPackage }: ObservedPath): PlainObservation | undefined {
    const folder = inPackage?.folder ?? '';
    let seen = this.#seen.get(folder);
    const lookUp = this.#digests.lookUpOfPackage(absolute);
    if (seen === undefined && lookUp !== undefined) {
      seen = this.#digests.observe(lookUp);
      this.#seen.set(folder, seen);
    }
    return seen;
  }
}
