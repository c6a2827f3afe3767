import type { LockedImage, WorkspaceImages } from '@skein/images';
import type { ImageRequest, Result, TaskId } from '@skein/model';
import { imageTitle, succeed } from '@skein/model';
import { loadConfig } from './config.ts';
import { type NamedImage, entryOf, imagesOfEntry } from './image-tasks.ts';
import { openWorkspaceImages } from './open-images.ts';
import type { Opened } from './opened.ts';

/** The images of a workspace: those of the lock, then those that it does not know. */
export interface ImageListing {
  /** Absolute path of the pipeline whose tasks are told; absent: none was found. */
  readonly entry?: string;
  readonly images: readonly ListedImage[];
}

export interface ListedImage {
  /** The reference as it was written, or the recipe's name. */
  readonly name: string;
  readonly kind: 'reference' | 'recipe';
  /** Where it is locked; absent: it is not. */
  readonly locked?: {
    /** `linux/amd64` */
    readonly platform: string;
    readonly digest: string;
    /** Where an engine gets it. */
    readonly reference: string;
    /** The Node that it holds; absent: it gets Skein's own. */
    readonly node?: string;
  };
  /** Tasks of the entry that name it. */
  readonly tasks: readonly TaskId[];
}

/** What `skein.images.json` says, and which tasks of the entry it is about. */
export async function listImages(opened: Opened): Promise<Result<ImageListing>> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  const images = onlyReading(opened, config.value);
  const locked = images.locked();
  if (!locked.ok) return locked;
  const entry = entryOf(opened, config.value);
  const named: Result<readonly NamedImage[]> =
    entry === undefined
      ? succeed([])
      : await imagesOfEntry(opened, { entry, config: config.value });
  if (!named.ok) return named;
  const known = new Map<string, readonly TaskId[]>();
  const unknown: ListedImage[] = [];
  for (const { request, tasks } of named.value) {
    const key = await lockedKey(images, request);
    if (key !== undefined) known.set(key, tasks);
    else unknown.push({ name: imageTitle(request), kind: kindOf(request), tasks });
  }
  const all = locked.value.map((it) => listed(it, known.get(keyOf(it)) ?? []));
  return succeed({ ...(entry === undefined ? {} : { entry }), images: [...all, ...unknown] });
}

/** The images as the lock has them: nothing is built or written. */
export function onlyReading(
  opened: Opened,
  config: Parameters<typeof openWorkspaceImages>[1]['config'],
): WorkspaceImages {
  const nothing = (): void => undefined;
  const settings = { config, readOnly: true, onLocked: nothing, onBuild: nothing };
  return openWorkspaceImages(opened, settings);
}

/** Which entry of the lock a request is; `undefined`: none. No registry is asked. */
export async function lockedKey(
  images: WorkspaceImages,
  request: ImageRequest,
): Promise<string | undefined> {
  if (typeof request === 'string') return images.known(request) && `reference ${request}`;
  if (images.known(request.from) === undefined) return undefined;
  const image = await images.resolve(request);
  const locked = images.locked();
  if (!image.ok || !locked.ok) return undefined;
  const found = locked.value.find(
    (it) => it.kind === 'recipe' && it.image.digest === image.value.digest,
  );
  return found && keyOf(found);
}

function keyOf({ kind, key }: Pick<LockedImage, 'kind' | 'key'>): string {
  return `${kind} ${key}`;
}

function listed(
  { kind, platform, image: { name, digest, reference, node } }: LockedImage,
  tasks: readonly TaskId[],
): ListedImage {
  const locked = { platform, digest, reference, ...(node === undefined ? {} : { node }) };
  return { name, kind, locked, tasks };
}

function kindOf(request: ImageRequest): ListedImage['kind'] {
  return typeof request === 'string' ? 'reference' : 'recipe';
}
