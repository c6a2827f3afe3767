import type { Failure, ImageRequest, Images, ResolvedImage, Result } from '@skein/model';
import type { ImageBuilder } from './builder.ts';
import type { Fetch } from './http-get.ts';

export interface ImagesOptions {
  /** The workspace's root, absolute: `skein.images.json` lies there. */
  readonly root: string;
  /** The state directory, absolute: no part of what a recipe copies. */
  readonly stateDir: string;
  /** Where credentials are looked for: HOME, DOCKER_CONFIG, REGISTRY_AUTH_FILE … */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The platform that images run on, `linux/amd64`: see `imagePlatformOf`. */
  readonly platform: string;
  /** Builds recipes; absent: a recipe without a lock entry fails. */
  readonly build?: ImageBuilder;
  /** Registries that speak plain http, `host:port`. Those of this machine always may. */
  readonly insecureRegistries?: readonly string[];
  /** The lock is not written. Default: false. */
  readonly readOnly?: boolean;
  /** Told what was written to the lock, when it was. */
  readonly onLocked?: (entry: LockedImage) => void;
  readonly warn: (warning: Failure) => void;
  /** Default: the global one. */
  readonly fetch?: Fetch;
  /** How long a registry may take to answer, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** What `skein.images.json` says, with what the process resolved since. */
export interface WorkspaceImages extends Images {
  /** Every entry of the lock, on every platform, in the order of the file. */
  locked(): Result<readonly LockedImage[]>;
  /**
   * Asks the registries again what these stand for, and writes the lock once, at the end: all or
   * nothing. A recipe is built where its base has moved.
   */
  update(requests: readonly ImageRequest[]): Promise<Result<readonly ImageUpdate[]>>;
  /** What the registry says about a reference now, whatever the lock says. */
  inspect(reference: string): Promise<Result<ImageInspection>>;
}

/** One entry of the lock, on one platform. */
export interface LockedImage {
  /** The reference as it was written, or the digest of a recipe. */
  readonly key: string;
  readonly kind: 'reference' | 'recipe';
  /** `linux/amd64` */
  readonly platform: string;
  readonly image: ResolvedImage;
}

/** What a request stood for, and stands for now. */
export interface ImageUpdate {
  readonly request: ImageRequest;
  /** Absent: the lock did not know it. */
  readonly before?: ResolvedImage;
  readonly after: ResolvedImage;
}

/** What a registry says about a reference. */
export interface ImageInspection {
  /** In full: `docker.io/library/python:3.12`. */
  readonly reference: string;
  /** What the registry gives for it: the digest of an index or of a manifest. */
  readonly digest: string;
  readonly isIndex: boolean;
  readonly platforms: readonly InspectedPlatform[];
}

/** An image of a reference, for one platform. */
export interface InspectedPlatform {
  /** `linux/arm64` */
  readonly platform: string;
  readonly digest: string;
  /** Bytes of its layers as they are stored, compressed. */
  readonly size: number;
  readonly layers: number;
  /** ISO 8601, as whoever built it says. */
  readonly created?: string;
  /** Names of its variables: their values may be nobody's business. */
  readonly variables: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user?: string;
  /** What NODE_VERSION says, whether or not it is used. */
  readonly node?: string;
}
