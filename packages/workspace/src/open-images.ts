import { tmpdir } from 'node:os';
import { type ImageBuilder, type LockedImage, imagePlatformOf, openImages } from '@skein/images';
import type { WorkspaceImages } from '@skein/images';
import type { BuildProgress } from '@skein/container';
import type { Config } from './config.ts';
import type { Opened } from './opened.ts';

export interface OpenImages {
  readonly config: Pick<Config, 'container'>;
  /** Nothing is built, and the lock is not written. */
  readonly readOnly: boolean;
  readonly onLocked: (entry: LockedImage) => void;
  /** Told how a build goes. */
  readonly onBuild: (progress: BuildProgress) => void;
  /** Ends what is being built. */
  readonly signal?: AbortSignal | undefined;
}

/** The images of the workspace, with whoever builds those that nobody has: loaded when needed. */
export function openWorkspaceImages(
  { root, state, copiedFrom, environment, warn }: Opened,
  { config: { container }, readOnly, onLocked, onBuild, signal }: OpenImages,
): WorkspaceImages {
  const stateDir = copiedFrom ?? state.path;
  const insecureRegistries = container?.insecureRegistries ?? [];
  let builder: Promise<ImageBuilder> | undefined;
  const makeBuilder = async (): Promise<ImageBuilder> => {
    const { createBuilder, findEngine } = await import('@skein/container');
    return createBuilder({
      engine: () => findEngine({ wanted: container?.engine, environment }),
      environment,
      registry: container?.registry,
      insecureRegistries,
      stateDir,
      temporary: tmpdir(),
      inspect: (reference) => images.inspect(reference),
      told: onBuild,
      signal,
    });
  };
  const build: ImageBuilder = {
    build: async (request) => await (await (builder ??= makeBuilder())).build(request),
  };
  const images: WorkspaceImages = openImages({
    root,
    stateDir,
    environment,
    platform: imagePlatformOf(process.arch),
    ...(readOnly ? {} : { build }),
    insecureRegistries,
    readOnly,
    onLocked,
    warn,
  });
  return images;
}
