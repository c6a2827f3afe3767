import { dirname, normalize } from 'node:path';
import { isWithin } from './within.ts';

/**
 * The files of the image that a container runs: its digest is in the key and stands for them, so
 * they are not observed. What was written there is the image's no more, and is observed as
 * anything else: others in the same container find it (O5).
 */
export class ImageFiles {
  readonly #mounts: readonly string[];
  readonly #written = new Set<string>();

  /** `mounts`: absolute folders and files that are the machine's. */
  constructor(mounts: readonly string[]) {
    this.#mounts = mounts.map((it) => normalize(it));
  }

  /** How often something became another's than the image's: what was said before is old. */
  get changes(): number {
    return this.#written.size;
  }

  /** Whether the image's digest stands for what is at this absolute path. */
  holds(path: string): boolean {
    if (!this.isOutside(path)) return false;
    for (const written of this.#written) {
      // In a folder one sees what was made there or taken away, and behind a link all that it is.
      if (isWithin(path, written) || path === dirname(written)) return false;
    }
    return true;
  }

  /** Whether an absolute path lies in none of the mounts, whoever made what is there. */
  isOutside(path: string): boolean {
    return !this.#mounts.some((it) => isWithin(path, it));
  }

  wrote(path: string): void {
    this.#written.add(path);
  }
}
