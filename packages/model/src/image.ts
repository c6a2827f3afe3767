import type { Result } from './failure.ts';

/**
 * What an image is built of, as plain data: every list in the author's order, nothing absent. Its
 * steps are taken in the order of the fields.
 */
export interface ImageRecipe {
  /** For people and for the repository it is pushed to; absent: named by its digest alone. */
  readonly name?: string;
  /** The image it starts from, by tag or digest: locked like any other. */
  readonly from: string;
  readonly apt: readonly string[];
  /** Packages installed globally, `name@version`. */
  readonly npm: readonly string[];
  /** Requirements, `name==version`. */
  readonly pip: readonly string[];
  /** Workspace-relative file or folder, and the absolute path it gets in the image. */
  readonly copy: readonly { readonly from: string; readonly to: string }[];
  readonly env: Readonly<Record<string, string>>;
  /** Shell lines, run as root. */
  readonly run: readonly string[];
}

/** An image as a task names it: a reference (`ghcr.io/acme/x:1.4`, `…@sha256:…`) or a recipe. */
export type ImageRequest = string | ImageRecipe;

/** What a request stands for on this platform (Q6). */
export interface ResolvedImage {
  /** As the author named it, for people: the reference, or the recipe's name. */
  readonly name: string;
  /** Where an engine gets it: `registry/repository@sha256:…`. */
  readonly reference: string;
  /** Digest of the manifest for this platform, `sha256:…`: what counts in the key. */
  readonly digest: string;
  /** Version of the Node that the image says it holds; absent: Skein's own is mounted. */
  readonly node?: string;
}

/** What images stand for: from the lock, or asked of a registry, or built. */
export interface Images {
  /** What is known without waiting; `undefined`: `resolve` has to be asked first. */
  known(request: ImageRequest): ResolvedImage | undefined;
  /** Never guesses: without a lock entry and a registry it fails, naming the image. */
  resolve(request: ImageRequest): Promise<Result<ResolvedImage>>;
}

/** Equal for requests that stand for the same image: the reference, or the recipe as JSON. */
export function imageIdentity(request: ImageRequest): string {
  if (typeof request === 'string') return request;
  const { name, from, apt, npm, pip, copy, env, run } = request;
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const files = copy.map((it) => [it.from, it.to]);
  return JSON.stringify([name ?? null, from, apt, npm, pip, files, variables, run]);
}

/** What people read for a request that is not resolved. */
export function imageTitle(request: ImageRequest): string {
  return typeof request === 'string' ? request : (request.name ?? `built from ${request.from}`);
}

/** In the place of the digest of an image that is not built yet: none has it. */
export const UNBUILT_DIGEST = `sha256:${'0'.repeat(64)}`;
