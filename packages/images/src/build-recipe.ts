import type { Failure, ImageRecipe, ResolvedImage, Result } from '@skein/model';
import { fail, imageTitle, succeed } from '@skein/model';
import type { ImageBuilder } from './builder.ts';
import type { LockedRecipe } from './lock.ts';
import { usableNode } from './usable-node.ts';

export interface RecipeBuild {
  readonly recipe: ImageRecipe;
  readonly base: ResolvedImage;
  /** Of the recipe. */
  readonly digest: string;
  readonly root: string;
  readonly platform: string;
  /** Absent: nothing here builds images. */
  readonly builder: ImageBuilder | undefined;
}

/** What the lock is to say about a recipe that it does not know. */
export async function buildRecipe(wanted: RecipeBuild): Promise<Result<LockedRecipe>> {
  const { recipe, base, digest, root, platform, builder } = wanted;
  if (builder === undefined) return fail(noBuilder(recipe, digest));
  const built = await builder.build({ recipe, base, digest, root });
  if (!built.ok) return built;
  const node = usableNode(built.value.node);
  return succeed({
    ...(recipe.name === undefined ? {} : { name: recipe.name }),
    platform,
    reference: built.value.reference,
    digest: built.value.digest,
    ...(node === undefined ? {} : { node }),
  });
}

function noBuilder(recipe: ImageRecipe, digest: string): Failure {
  return {
    code: 'image-build',
    kind: 'environment',
    headline: 'the image is not built yet, and nothing here builds images',
    facts: [
      ['image', imageTitle(recipe)],
      ['from', recipe.from],
      ['recipe', digest],
    ],
    hint: 'run it once where podman, buildah or Docker is, and commit "skein.images.json"',
  };
}
