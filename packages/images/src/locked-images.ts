import { imageTitle, type ImageRecipe, type ResolvedImage } from '@skein/model';
import type { ImageLock, LockedPlatform, LockedRecipe } from './lock.ts';
import { parseReference, pinReference } from './reference.ts';
import type { LockedImage } from './workspace-images.ts';

/** What the lock says that a reference stands for on this platform. */
export function lockedReference(
  lock: ImageLock,
  text: string,
  platform: string,
): ResolvedImage | undefined {
  const platforms = lock.images.get(text);
  if (platforms === undefined) return undefined;
  const entry = platforms.get(platform) ?? exactManifest(platforms, text);
  return entry === undefined ? undefined : resolvedReference(text, entry);
}

/** What the lock says that the recipe of this digest was built to. */
export function lockedRecipe(
  lock: ImageLock,
  recipe: ImageRecipe,
  digest: string,
): ResolvedImage | undefined {
  const entry = lock.recipes.get(digest);
  return entry === undefined ? undefined : resolvedRecipe(imageTitle(recipe), entry);
}

/** Every entry on every platform, in the order of the file. */
export function listLocked(lock: ImageLock): readonly LockedImage[] {
  const references = sorted(lock.images).flatMap(([key, platforms]) =>
    sorted(platforms).flatMap(([platform, entry]): readonly LockedImage[] => {
      const image = resolvedReference(key, entry);
      return image === undefined ? [] : [{ key, kind: 'reference', platform, image }];
    }),
  );
  const recipes = sorted(lock.recipes).map(([key, entry]): LockedImage => {
    const image = resolvedRecipe(entry.name ?? `recipe ${key}`, entry);
    return { key, kind: 'recipe', platform: entry.platform, image };
  });
  return [...references, ...recipes];
}

/** A digest that is that of a manifest is taken as it is, whatever platform it was made for. */
function exactManifest(
  platforms: ReadonlyMap<string, LockedPlatform>,
  text: string,
): LockedPlatform | undefined {
  const digest = parseReference(text)?.digest;
  return [...platforms.values()].find((it) => it.digest === digest);
}

function resolvedReference(text: string, entry: LockedPlatform): ResolvedImage | undefined {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const node = entry.node === undefined ? {} : { node: entry.node };
  const { digest } = entry;
  return { name: text, reference: pinReference(reference, digest), digest, ...node };
}

/** What an entry says, for a recipe that people know by this name. */
export function resolvedRecipe(
  name: string,
  { reference, digest, node }: LockedRecipe,
): ResolvedImage {
  return { name, reference, digest, ...(node === undefined ? {} : { node }) };
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
