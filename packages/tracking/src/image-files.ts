import { dirname, normalize } from 'node:path';
import { native } from './native-fs.ts';
import { isWithin } from './within.ts';

/**
 * The files of the image that a container runs: its digest is in the key and stands for them, so
 * they are not observed. What was written there is the image's no more, and is observed as
 * anything else: others in the same container find it (O5).
 */
export class ImageFiles {
  readonly #mounts: readonly string[];
  readonly #temporary: string;
  readonly #written = new Set<string>();

  /**
   * `mounts`: absolute folders and files that are the machine's. `temporary`: a folder that is
   * empty when the container starts, and that any program may write to.
   */
  constructor(mounts: readonly string[], temporary: string) {
    this.#mounts = mounts.map((it) => normalize(it));
    this.#temporary = temporary;
  }

  /** How often something became another's than the image's: what was said before is old. */
  get changes(): number {
    return this.#written.size;
  }

  /** Whether the image's digest stands for what is at this absolute path. */
  holds(path: string): boolean {
    if (!this.isOutside(path)) return false;
    if (this.isTemporary(path)) return !isMade(path, this.#temporary);
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

  /** Whether it may be there at any moment, without a word to anybody. */
  isTemporary(path: string): boolean {
    return isWithin(path, this.#temporary);
  }

  wrote(path: string): void {
    this.#written.add(path);
  }
}

/** What is there some action made, or a program that it started, which nobody watched. */
function isMade(path: string, temporary: string): boolean {
  try {
    return path === temporary
      ? native.readdirSync(path).length > 0
      : native.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // It may not be looked at, or lies behind a file: something is there.
    return true;
  }
}
