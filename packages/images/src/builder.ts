import type { ImageRecipe, ResolvedImage, Result } from '@skein/model';

/** A recipe that nobody has built yet, with everything that a build is made of fixed. */
export interface BuildRequest {
  readonly recipe: ImageRecipe;
  /** What `recipe.from` stands for: the build starts from its `reference`, never from the tag. */
  readonly base: ResolvedImage;
  /** Digest of the recipe, its base and its copied files, `sha256:…`: names what is built. */
  readonly digest: string;
  /** The workspace: what `recipe.copy` names lies below it. */
  readonly root: string;
}

/** An image that was built and, where there is a registry to push to, pushed. */
export interface BuiltImage {
  /** Where an engine gets it: `registry/repository@sha256:…`. */
  readonly reference: string;
  /** Digest of its manifest, `sha256:…`. */
  readonly digest: string;
  /** What NODE_VERSION of its configuration says, whatever the version (see `usableNode`). */
  readonly node?: string;
}

/** Builds what no lock knows; given by whoever has an engine at hand. */
export interface ImageBuilder {
  /** A failed build is a `Failure` `image-build` that names the step and shows its output. */
  readonly build: (request: BuildRequest) => Promise<Result<BuiltImage>>;
}
