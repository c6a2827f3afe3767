import type { Access } from './access.ts';
import type { ObservedPath } from './observed-path.ts';
import { Reading } from './reading.ts';
import type { ReadFile } from './reading.ts';
import type { Trail } from './trail.ts';
import type { Watcher } from './watcher.ts';

/** A file that the author opened, whoever uses it then: each action observes for itself (O9). */
export class OpenFile implements ReadFile {
  readonly path: ObservedPath;
  readonly trail: Trail;
  /** `null`: it was looked at, and there is nothing to be checked. */
  readonly #readings = new WeakMap<Watcher, Reading | null>();
  readonly #writers = new WeakSet<Watcher>();

  constructor(path: ObservedPath, trail: Trail) {
    this.path = path;
    this.trail = trail;
  }

  /** Reading begins, or goes on; the result is to be called after a piece was read. */
  read(access: Access, descriptor: number): () => void {
    const { watcher, through } = access;
    let reading = this.#readings.get(watcher);
    if (reading === undefined) {
      reading = Reading.begin(access, this, descriptor) ?? null;
      this.#readings.set(watcher, reading);
    } else reading?.tell(through);
    return () => reading?.check(descriptor);
  }

  /** It was opened for writing, which was told. */
  written({ watcher }: Access): void {
    this.#writers.add(watcher);
  }

  /** Before it is written; throws where strictness forbids it. */
  write(access: Access): void {
    if (this.#writers.has(access.watcher)) return;
    this.#writers.add(access.watcher);
    access.writeObserved(this.path);
  }
}
