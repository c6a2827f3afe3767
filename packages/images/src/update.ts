import type { ImageRecipe, ImageRequest, ResolvedImage, Result } from '@skein/model';
import { fail, FailureError, imageIdentity, imageTitle, succeed } from '@skein/model';
import { askRegistry } from './ask-registry.ts';
import { buildRecipe } from './build-recipe.ts';
import type { ImageLock, LockedPlatform, LockedRecipe } from './lock.ts';
import { lockedRecipe, lockedReference, resolvedRecipe } from './locked-images.ts';
import { recipeDigest } from './recipe-digest.ts';
import { parseReference } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';
import type { ImagesOptions, ImageUpdate } from './workspace-images.ts';

/** What an update comes to: nothing of it is written yet. */
export interface PlannedUpdate {
  readonly updates: readonly ImageUpdate[];
  /** The lock with everything moved, whatever others wrote into it meanwhile. */
  readonly apply: (lock: ImageLock) => ImageLock;
}

export interface UpdateContext {
  readonly client: RegistryClient;
  readonly options: ImagesOptions;
  readonly lock: ImageLock;
}

interface MovedRecipe {
  readonly digest: string;
  readonly entry: LockedRecipe;
  /** Entries of this recipe on bases that are no longer its own, of every platform. */
  readonly gone: readonly string[];
  readonly update: ImageUpdate;
}

/** Asks for everything anew; a recipe's base is asked for like any image, and is in the list. */
export async function planUpdate(
  context: UpdateContext,
  requests: readonly ImageRequest[],
): Promise<Result<PlannedUpdate>> {
  try {
    const wanted = withBases(requests);
    const references = await askForAll(
      context,
      wanted.filter((it) => typeof it === 'string'),
    );
    const next = withImages(context.lock, references);
    const updates: ImageUpdate[] = [];
    const recipes: MovedRecipe[] = [];
    for (const request of wanted) {
      if (typeof request === 'string') updates.push(movedReference(context, next, request));
      else {
        const moved = await moveRecipe(context, next, request);
        updates.push(moved.update);
        recipes.push(moved);
      }
    }
    const apply = (lock: ImageLock): ImageLock =>
      withRecipes(withImages(lock, references), recipes);
    return succeed({ updates, apply });
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

/** Each request once, and the bases of recipes before what is made of them. */
function withBases(requests: readonly ImageRequest[]): readonly ImageRequest[] {
  const all = requests.flatMap((it) => (typeof it === 'string' ? [it] : [it.from, it]));
  return [...new Map(all.map((it) => [imageIdentity(it), it])).values()];
}

type Asked = ReadonlyMap<string, ReadonlyMap<string, LockedPlatform>>;

async function askForAll(context: UpdateContext, texts: readonly string[]): Promise<Asked> {
  const asked = texts.map(async (text) => [text, await askAgain(context, text)] as const);
  return new Map(await Promise.all(asked));
}

/** A digest names the same for ever. */
async function askAgain(
  { client, options: { platform }, lock }: UpdateContext,
  text: string,
): Promise<ReadonlyMap<string, LockedPlatform>> {
  const known = lock.images.get(text);
  const isFixed = parseReference(text)?.digest !== undefined;
  if (known !== undefined && isFixed && lockedReference(lock, text, platform)) return known;
  return valueOf(await askRegistry(client, { text, platform, others: known?.keys() ?? [] }));
}

function movedReference(
  { lock, options: { platform } }: UpdateContext,
  next: ImageLock,
  text: string,
): ImageUpdate {
  const after = lockedReference(next, text, platform);
  if (after === undefined) throw new Error(`"${text}" was asked for, and is not there`);
  return updated(text, lockedReference(lock, text, platform), after);
}

async function moveRecipe(
  context: UpdateContext,
  next: ImageLock,
  recipe: ImageRecipe,
): Promise<MovedRecipe> {
  const { lock, options } = context;
  const { root, platform, build: builder } = options;
  const nameOn = valueOf(await recipeDigest(recipe, options));
  const base = movedReference(context, next, recipe.from);
  const digest = nameOn(base.after.digest);
  const known = lock.recipes.get(digest);
  const wanted = { recipe, base: base.after, digest, root, platform, builder };
  const entry = known ?? valueOf(await buildRecipe(wanted));
  const before =
    base.before === undefined ? undefined : lockedRecipe(lock, recipe, nameOn(base.before.digest));
  const basesIn = (of: ImageLock): readonly string[] =>
    [...(of.images.get(recipe.from)?.values() ?? [])].map((it) => nameOn(it.digest));
  const today = new Set(basesIn(next));
  return {
    digest,
    entry,
    gone: basesIn(lock).filter((it) => !today.has(it)),
    update: updated(recipe, before, resolvedRecipe(imageTitle(recipe), entry)),
  };
}

function updated(
  request: ImageRequest,
  before: ResolvedImage | undefined,
  after: ResolvedImage,
): ImageUpdate {
  return { request, ...(before === undefined ? {} : { before }), after };
}

function withImages(lock: ImageLock, references: Asked): ImageLock {
  return { ...lock, images: new Map([...lock.images, ...references]) };
}

function withRecipes(lock: ImageLock, recipes: readonly MovedRecipe[]): ImageLock {
  const entries = new Map(lock.recipes);
  for (const gone of recipes.flatMap((it) => it.gone)) entries.delete(gone);
  for (const { digest, entry } of recipes) entries.set(digest, entry);
  return { ...lock, recipes: entries };
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FailureError(result.failure);
}
