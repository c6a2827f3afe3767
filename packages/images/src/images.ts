import type { Failure, ImageRecipe, ImageRequest, ResolvedImage, Result } from '@skein/model';
import { imageIdentity, succeed } from '@skein/model';
import { askRegistry } from './ask-registry.ts';
import { buildRecipe } from './build-recipe.ts';
import { inspectImage } from './inspect.ts';
import type { ImageLock } from './lock.ts';
import { changeLock, LOCK_NAME, readLock } from './lock-file.ts';
import { lockReference } from './lock-reference.ts';
import { listLocked, lockedRecipe, lockedReference } from './locked-images.ts';
import { recipeDigest } from './recipe-digest.ts';
import { RegistryClient } from './registry-client.ts';
import { planUpdate } from './update.ts';
import type {
  ImageInspection,
  ImagesOptions,
  ImageUpdate,
  LockedImage,
  WorkspaceImages,
} from './workspace-images.ts';

const TIMEOUT_MS = 10_000;

/**
 * The images of a workspace. A damaged lock stops nobody who needs no image: it is the failure of
 * whatever is asked.
 */
export function openImages(options: ImagesOptions): WorkspaceImages {
  return new OpenImages(options);
}

class OpenImages implements WorkspaceImages {
  readonly #options: ImagesOptions;
  readonly #client: RegistryClient;
  #lock: Result<ImageLock>;
  /** Recipes by identity: `known` cannot wait for the files that their digest asks for. */
  readonly #recipes = new Map<string, ResolvedImage>();
  /** Who asks for the same meanwhile waits for the same answer. */
  readonly #open = new Map<string, Promise<Result<ResolvedImage>>>();

  constructor(options: ImagesOptions) {
    this.#options = options;
    this.#client = new RegistryClient({
      environment: options.environment,
      insecureRegistries: options.insecureRegistries ?? [],
      fetch: options.fetch ?? globalThis.fetch,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    });
    this.#lock = readLock(options.root);
  }

  known(request: ImageRequest): ResolvedImage | undefined {
    if (typeof request !== 'string') return this.#recipes.get(imageIdentity(request));
    if (!this.#lock.ok) return undefined;
    return lockedReference(this.#lock.value, request, this.#options.platform);
  }

  async resolve(request: ImageRequest): Promise<Result<ResolvedImage>> {
    const known = this.known(request);
    if (known !== undefined) return succeed(known);
    const identity = imageIdentity(request);
    const open = this.#open.get(identity);
    if (open !== undefined) return await open;
    const work =
      typeof request === 'string' ? this.#resolveReference(request) : this.#resolveRecipe(request);
    this.#open.set(identity, work);
    try {
      return await work;
    } finally {
      this.#open.delete(identity);
    }
  }

  locked(): Result<readonly LockedImage[]> {
    return this.#lock.ok ? succeed(listLocked(this.#lock.value)) : this.#lock;
  }

  async update(requests: readonly ImageRequest[]): Promise<Result<readonly ImageUpdate[]>> {
    const lock = this.#lock;
    if (!lock.ok) return lock;
    const context = { client: this.#client, options: this.#options, lock: lock.value };
    const planned = await planUpdate(context, requests);
    if (!planned.ok) return planned;
    const { updates, apply } = planned.value;
    if (this.#options.readOnly === true) return succeed(updates);
    const written = this.#change((now) => succeed(apply(now)));
    if (!written.ok) return written;
    this.#recipes.clear();
    return succeed(updates);
  }

  async inspect(reference: string): Promise<Result<ImageInspection>> {
    return await inspectImage(this.#client, reference);
  }

  async #resolveReference(text: string): Promise<Result<ResolvedImage>> {
    const lock = this.#lock;
    if (!lock.ok) return lock;
    const { platform } = this.#options;
    const others = lock.value.images.get(text)?.keys() ?? [];
    const platforms = await askRegistry(this.#client, { text, platform, others });
    if (!platforms.ok) return platforms;
    const entry = { text, platform, platforms: platforms.value };
    let isNew = false;
    const changed = this.#change((now) => {
      isNew = lockedReference(now, text, platform) === undefined;
      return lockReference(now, entry);
    });
    if (!changed.ok) return changed;
    const image = lockedReference(changed.value, text, platform);
    if (image === undefined) throw new Error(`"${text}" was locked, and is not there`);
    if (isNew) this.#tell({ key: text, kind: 'reference', platform, image });
    return succeed(image);
  }

  async #resolveRecipe(recipe: ImageRecipe): Promise<Result<ResolvedImage>> {
    const base = await this.resolve(recipe.from);
    if (!base.ok) return base;
    const nameOn = await recipeDigest(recipe, this.#options);
    if (!nameOn.ok) return nameOn;
    const digest = nameOn.value(base.value.digest);
    if (!this.#lock.ok) return this.#lock;
    const known = lockedRecipe(this.#lock.value, recipe, digest);
    const image =
      known === undefined ? await this.#build(recipe, base.value, digest) : succeed(known);
    if (image.ok) this.#recipes.set(imageIdentity(recipe), image.value);
    return image;
  }

  async #build(
    recipe: ImageRecipe,
    base: ResolvedImage,
    digest: string,
  ): Promise<Result<ResolvedImage>> {
    const { root, platform, build: builder } = this.#options;
    const entry = await buildRecipe({ recipe, base, digest, root, platform, builder });
    if (!entry.ok) return entry;
    // Who else built it meanwhile, and wrote it, decides: everyone is to have the same.
    let isNew = false;
    const changed = this.#change((now) => {
      isNew = !now.recipes.has(digest);
      const recipes = new Map([[digest, entry.value] as const, ...now.recipes]);
      return succeed({ ...now, recipes });
    });
    if (!changed.ok) return changed;
    const image = lockedRecipe(changed.value, recipe, digest);
    if (image === undefined) throw new Error(`recipe ${digest} was locked, and is not there`);
    if (isNew) this.#tell({ key: digest, kind: 'recipe', platform, image });
    return succeed(image);
  }

  /** Where nothing may be written, the process alone knows it. */
  #change(change: (lock: ImageLock) => Result<ImageLock>): Result<ImageLock> {
    const lock = this.#lock;
    if (!lock.ok) return lock;
    const isReadOnly = this.#options.readOnly === true;
    const changed = isReadOnly ? change(lock.value) : changeLock(this.#options, change);
    if (changed.ok) this.#lock = changed;
    return changed;
  }

  #tell(entry: LockedImage): void {
    const { readOnly, onLocked, warn } = this.#options;
    if (readOnly === true) warn(unwritten(entry));
    else onLocked?.(entry);
  }
}

function unwritten({ image, platform }: LockedImage): Failure {
  return {
    code: 'image-lock',
    kind: 'warning',
    headline: 'the image is not in the lock, which may not be written',
    facts: [
      ['image', image.name],
      ['digest', image.digest],
      ['platform', platform],
      ['lock', LOCK_NAME],
    ],
    hint: 'another machine may get another one: commit the lock with an entry for it',
  };
}
