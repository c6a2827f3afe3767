import { basename } from 'node:path';
import type { Digest } from '@skein/values';
import type { PlainObservation, StatAspect } from '@skein/model';
import { authorLine, findAsker } from './author-line.ts';
import { digestOfError, NEVER_AGAIN } from './file-digest.ts';
import { currentOrigin } from './nesting.ts';
import type { Origin } from './nesting.ts';
import { throughLinks } from './links-into-image.ts';
import type { ObservedPath, ObservedPaths } from './observed-path.ts';
import { packagesSeen } from './packages-seen.ts';
import { isThere } from './scratch-owners.ts';
import type { ScratchOwners } from './scratch-owners.ts';
import type { TrackingSettings } from './settings.ts';
import { Trail } from './trail.ts';
import type { Watcher } from './watcher.ts';

/** What all accesses share while tracking is installed. */
export interface Surroundings {
  readonly settings: TrackingSettings;
  readonly paths: ObservedPaths;
  readonly scratch: ScratchOwners;
  /** A file that was read, or in its place the package that it belongs to (O2). */
  fileSeen(path: ObservedPath, digest: Digest | null): PlainObservation;
}

/**
 * One call that touches the file system, from its beginning. Whoever watched then is told of it,
 * whatever runs when it completes (O9).
 */
export class Access {
  readonly around: Surroundings;
  readonly watcher: Watcher;
  /** As the author would write it: `readFileSync`. */
  readonly by: string;
  /** Of which call it is a step that Node makes. */
  readonly #origin: Origin | undefined;
  readonly #inherited: string | null;
  #through: string | null | undefined;
  #isLoader = false;

  constructor(around: Surroundings, watcher: Watcher, by: string) {
    this.around = around;
    this.watcher = watcher;
    const origin = currentOrigin();
    this.#inherited = origin?.through ?? null;
    const isStep = origin !== undefined && origin.steps !== 'whole' && origin.steps.has(by);
    this.#origin = isStep ? origin : undefined;
    this.by = isStep ? origin.by : by;
  }

  /** Node asks in order to find its way: the author sees nothing of it but the outcome. */
  get isStep(): boolean {
    return this.#origin !== undefined;
  }

  /** The package on whose behalf it happens; to be asked for first when the access begins (O3). */
  get through(): string | null {
    if (this.#through === undefined) this.#through = this.#ask();
    return this.#through;
  }

  /** The path where it is observed at all; asked for when the access begins. */
  path(path: unknown): ObservedPath | undefined {
    const found = this.observed(path);
    if (found === undefined) this.#readScratch(path, false);
    return found;
  }

  /** As `path`, of a folder whose names are asked for. */
  folder(path: unknown): ObservedPath | undefined {
    const found = this.observed(path);
    if (found === undefined) this.#readScratch(path, true);
    return found;
  }

  /** As `path`, of what is about to be made, changed or removed. */
  target(path: unknown): ObservedPath | undefined {
    const found = this.observed(path) ?? this.changed(path);
    if (found === undefined) this.madeInScratch(path);
    return found;
  }

  /**
   * What nobody else may read, where it lies in scratch. What packages keep there is a cache, as
   * what they keep in their modules is (O3). `isNamed`: not by chance.
   */
  madeInScratch(path: unknown, { unlessThere = false, isNamed = true } = {}): void {
    const { paths, scratch } = this.around;
    const made = paths.inScratch(path);
    if (made === undefined || (unlessThere && isThere(made)) || this.#isByPackage()) return;
    if (scratch.isOwn(made, this.watcher)) return;
    scratch.wrote(made, this.watcher);
    if (isNamed) {
      const trail = this.trail();
      this.watcher.scratched(made, this.by, () => trail.line);
    }
  }

  /** What of a container's image is about to be made, changed or removed. */
  changed(path: unknown): ObservedPath | undefined {
    return this.#isLoader ? undefined : this.around.paths.changedInImage(path);
  }

  /** As `path`, whoever made what is there. */
  observed(path: unknown): ObservedPath | undefined {
    const found = this.around.paths.of(path);
    if (found === undefined) return undefined;
    void this.through;
    return this.#isLoader ? undefined : found;
  }

  #readScratch(path: unknown, isListed: boolean): void {
    const { paths, scratch } = this.around;
    const read = paths.inScratch(path);
    if (read === undefined || scratch.isEmpty || this.#isByPackage()) return;
    const isForeign =
      scratch.isForeign(read, this.watcher) ||
      (isListed && scratch.holdsForeign(read, this.watcher));
    if (isForeign) this.untraceable(`${this.by} read "${basename(read)}" of ${LEFT_BEHIND}`);
  }

  observe(seen: PlainObservation, through = this.through): void {
    for (const one of throughLinks(seen, this.around.paths)) this.watcher.observe(one, through);
  }

  file(path: ObservedPath, digest: Digest | null): void {
    this.observe(this.around.fileSeen(path, digest));
  }

  listing({ name }: ObservedPath, digest: Digest | null): void {
    this.observe({ kind: 'listing', path: name, digest });
  }

  stat({ name }: ObservedPath, aspect: StatAspect, digest: Digest | null): void {
    this.observe({ kind: 'stat', path: name, aspect, digest });
  }

  /** Reading failed: absence is an observation as well. */
  failed(path: ObservedPath, kind: 'file' | 'listing', error: unknown): void {
    if (isTold(error)) this[kind](path, digestOfError(error));
  }

  statFailed(path: ObservedPath, aspect: StatAspect, error: unknown): void {
    if (isTold(error)) this.stat(path, aspect, digestOfError(error));
  }

  /** Nobody can say what was read: what depends on it executes. */
  unknowable(path: ObservedPath, what: string, trail = this.trail()): void {
    this.file(path, NEVER_AGAIN);
    this.watcher.untraceable(`${path.name} ${what}${atLine(trail.line)}`);
  }

  /** Before a path is touched; throws where strictness forbids it (O5). */
  write(path: unknown): void {
    const found = this.target(path);
    if (found !== undefined) this.writeObserved(found);
  }

  writeObserved(path: ObservedPath): void {
    const at = this.line();
    this.watcher.wrote(path.name, this.by, at);
    const real = this.around.paths.real(path);
    // Others read it by its own name, not by that of a link.
    if (real !== undefined && real !== path.name) this.watcher.wrote(real, this.by, at);
  }

  /** What only the disk of this moment can answer (O8). */
  impure(what: string): void {
    const { watcher } = this;
    if (watcher.knows('clock', what)) return;
    const at = this.line();
    watcher.impure({ kind: 'clock', what, ...(at !== undefined && { at }) });
  }

  untraceable(why: string): void {
    this.watcher.untraceable(`${why}${atLine(this.line())}`);
  }

  /** Where it began, for later. */
  trail(): Trail {
    return this.#origin?.trail ?? new Trail(this.around.settings);
  }

  /** The author's line, as long as the call is on the stack. */
  line(): string | undefined {
    const trail = this.#origin?.trail;
    return trail === undefined ? authorLine(this.around.settings) : trail.line;
  }

  /** What the call is to the steps in which Node carries it out. */
  origin(steps: Origin['steps']): Origin {
    const trail = steps === 'whole' ? undefined : this.trail();
    return { steps, through: this.through, by: this.by, trail };
  }

  #isByPackage(): boolean {
    const { settings } = this.around;
    return this.through !== null || (packagesSeen.any && findAsker(settings).through !== null);
  }

  #ask(): string | null {
    if (!packagesSeen.any || this.watcher.keepsAll) return this.#inherited;
    const { through, isLoader } = findAsker(this.around.settings);
    this.#isLoader = isLoader;
    return through ?? this.#inherited;
  }
}

const LEFT_BEHIND = 'the temporary folder, which another action wrote';

function atLine(line: string | undefined): string {
  return line === undefined ? '' : `, at ${line}`;
}

/** Errors of arguments and aborts say nothing of the disk. */
function isTold(error: unknown): boolean {
  return error instanceof Error && 'errno' in error;
}
