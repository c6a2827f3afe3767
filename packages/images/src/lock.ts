/** One image of a reference, for one platform. */
export interface LockedPlatform {
  /** Digest of its manifest. */
  readonly digest: string;
  /** Version of its Node, where workers run on it. */
  readonly node?: string;
}

/** What a recipe was built to. */
export interface LockedRecipe {
  /** For people: what the recipe was called. */
  readonly name?: string;
  readonly platform: string;
  /** Where an engine gets it. */
  readonly reference: string;
  readonly digest: string;
  readonly node?: string;
}

/** What `skein.images.json` says: docs/formats/images.md. */
export interface ImageLock {
  /** By the reference as it was written, then by platform. */
  readonly images: ReadonlyMap<string, ReadonlyMap<string, LockedPlatform>>;
  /** By the digest of the recipe. */
  readonly recipes: ReadonlyMap<string, LockedRecipe>;
}

export const LOCK_VERSION = 1;
export const EMPTY_LOCK: ImageLock = { images: new Map(), recipes: new Map() };

/** The file's text: sorted, so that what is the same is written the same by everyone. */
export function printLock({ images, recipes }: ImageLock): string {
  const references = sorted(images).map(([reference, platforms]) => [
    reference,
    Object.fromEntries(sorted(platforms).map(([platform, it]) => [platform, platformFields(it)])),
  ]);
  const built = sorted(recipes).map(([digest, recipe]) => [digest, recipeFields(recipe)]);
  const whole = {
    version: LOCK_VERSION,
    images: Object.fromEntries(references),
    recipes: Object.fromEntries(built),
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** Fields in one order, whatever made them. */
function platformFields({ digest, node }: LockedPlatform): LockedPlatform {
  return { digest, ...(node === undefined ? {} : { node }) };
}

function recipeFields({ name, platform, reference, digest, node }: LockedRecipe): LockedRecipe {
  const named = name === undefined ? {} : { name };
  return { ...named, platform, reference, digest, ...(node === undefined ? {} : { node }) };
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
