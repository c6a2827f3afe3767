import type { BuildProgress } from '@skein/container';
import type { LockedImage, WorkspaceImages } from '@skein/images';
import type { Failure, ImageRequest, Images, ResolvedImage, Result } from '@skein/model';
import { fail, imageIdentity, imageTitle, succeed, UNBUILT_DIGEST } from '@skein/model';
import type { Config } from './config.ts';
import { NO_IMAGE, noImage } from './image-for.ts';
import type { TellImageStep } from './image-step.ts';
import type { Opened } from './opened.ts';

/** What may be done to know an image: `keep` builds and locks; the others change nothing. */
export type ImageUse = 'keep' | 'read' | 'plan';

export interface RunImagesSettings {
  readonly config: Pick<Config, 'container'>;
  readonly use: ImageUse;
  readonly tell: TellImageStep;
  /** Ends what is being built. */
  readonly signal?: AbortSignal | undefined;
}

/** The file at the workspace's root that says which digest each image has. */
export const IMAGE_LOCK = 'skein.images.json';

/**
 * What images stand for in one run. Nothing of it is loaded before one is asked for: a run whose
 * tasks name none pays nothing.
 */
export class RunImages implements Images {
  readonly #opened: Opened;
  readonly #settings: RunImagesSettings;
  readonly #planned = new Map<string, ResolvedImage>();
  readonly #written = new Set<string>();
  #loading: Promise<WorkspaceImages> | undefined;
  #images: WorkspaceImages | undefined;

  constructor(opened: Opened, settings: RunImagesSettings) {
    this.#opened = opened;
    this.#settings = settings;
  }

  known(request: ImageRequest): ResolvedImage | undefined {
    return this.#planned.get(imageIdentity(request)) ?? this.#images?.known(request);
  }

  async resolve(request: ImageRequest): Promise<Result<ResolvedImage>> {
    const resolved = await this.#ask(request);
    this.#tellWritten();
    return resolved;
  }

  /** Before anything is recorded: the first that cannot be had says why. */
  async resolveAll(requests: Iterable<ImageRequest>): Promise<Result<void>> {
    const all = new Map([...requests].map((it) => [imageIdentity(it), it]));
    try {
      for (const request of all.values()) {
        const resolved = await this.#ask(request);
        if (!resolved.ok) return resolved;
      }
      return succeed(undefined);
    } finally {
      this.#tellWritten();
    }
  }

  async #ask(request: ImageRequest): Promise<Result<ResolvedImage>> {
    if (request === NO_IMAGE) return fail(noImage([]));
    const images = await (this.#loading ??= this.#load());
    const known = this.known(request);
    if (known !== undefined) return succeed(known);
    const isLocked = this.#isLocked(images);
    const resolved = await images.resolve(request);
    if (!resolved.ok) return this.#otherwise(request, resolved.failure);
    const { name: image, digest } = resolved.value;
    if (!isLocked(digest)) this.#settings.tell({ kind: 'resolved', image, digest });
    return resolved;
  }

  /** A recipe is in the lock by the content of files, which is not known before it is asked for. */
  #isLocked(images: WorkspaceImages): (digest: string) => boolean {
    const locked = images.locked();
    const digests = new Set(locked.ok ? locked.value.map(({ image }) => image.digest) : []);
    return (digest) => digests.has(digest);
  }

  /** What this may not build, a run would. */
  #otherwise(request: ImageRequest, failure: Failure): Result<ResolvedImage> {
    const { use } = this.#settings;
    if (typeof request === 'string' || use === 'keep' || failure.code !== 'image-build') {
      return fail(failure);
    }
    const name = imageTitle(request);
    if (use === 'read') return fail(notBuilt(name));
    const planned = { name, reference: name, digest: UNBUILT_DIGEST };
    this.#planned.set(imageIdentity(request), planned);
    this.#opened.warn({
      code: 'image-missing',
      kind: 'warning',
      headline: 'an image is not built yet: a run builds it first, and executes its tasks',
      facts: [['image', name]],
    });
    return succeed(planned);
  }

  async #load(): Promise<WorkspaceImages> {
    const { openWorkspaceImages } = await import('./open-images.ts');
    const { config, use, signal } = this.#settings;
    this.#images = openWorkspaceImages(this.#opened, {
      config,
      readOnly: use !== 'keep',
      signal,
      onLocked: (entry) => this.#written.add(keyOf(entry)),
      onBuild: (progress) => this.#tellBuild(progress),
    });
    return this.#images;
  }

  #tellBuild(progress: BuildProgress): void {
    if (progress.kind === 'warning') this.#opened.warn(progress.warning);
    else this.#settings.tell({ kind: 'building', progress });
  }

  #tellWritten(): void {
    const entries = this.#written.size;
    this.#written.clear();
    if (entries > 0) this.#settings.tell({ kind: 'locked', entries, file: IMAGE_LOCK });
  }
}

/** An index is one entry of the lock, on however many platforms. */
function keyOf({ kind, key }: LockedImage): string {
  return `${kind} ${key}`;
}

function notBuilt(image: string): Failure {
  return {
    code: 'image-build',
    kind: 'usage',
    headline: 'the image is not built yet, and what only reads builds none',
    facts: [['image', image]],
    hint: `run the pipeline once by "skein run", which builds it, and commit "${IMAGE_LOCK}"`,
  };
}
