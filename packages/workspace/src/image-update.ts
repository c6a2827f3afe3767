import { type LockedImage, imagePlatformOf } from '@skein/images';
import type { ImageUpdate, WorkspaceImages } from '@skein/images';
import type { Failure, ImageRequest, Result, TaskId } from '@skein/model';
import { fail, imageIdentity, imageTitle, succeed } from '@skein/model';
import { type Config, loadConfig } from './config.ts';
import { lockedKey, onlyReading } from './image-list.ts';
import { tasksByRecords } from './image-records.ts';
import { type MovedImage, hasMoved } from './image-moved.ts';
import type { TellImageStep } from './image-step.ts';
import { type NamedImage, entryOf, imagesOfEntry } from './image-tasks.ts';
import { openWorkspaceImages } from './open-images.ts';
import type { Opened } from './opened.ts';
import { IMAGE_LOCK } from './run-images.ts';

export interface ImageUpdateRequest {
  /** References as they are written, or names of recipes; none: all. */
  readonly images: readonly string[];
  /** Nothing is built, and the lock is not written. */
  readonly dryRun: boolean;
  readonly onImage?: TellImageStep;
  /** Ends what is being built: then nothing moves. */
  readonly signal?: AbortSignal;
}

/** What an update of the lock came to, or would. */
export interface ImageUpdateReport {
  /** Absolute path of the pipeline whose tasks are told; absent: told by records. */
  readonly entry?: string;
  readonly updates: readonly MovedImage[];
  /** Tasks whose image is another one now. */
  readonly executeAgain: readonly TaskId[];
  /** Images that are built and that only their entry could tell how. */
  readonly skipped: readonly string[];
}

/** Asks the registries again, and moves the lock: all of what was asked for, or nothing. */
export async function updateImages(
  opened: Opened,
  request: ImageUpdateRequest,
): Promise<Result<ImageUpdateReport>> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  const locked = onlyReading(opened, config.value).locked();
  if (!locked.ok) return locked;
  const entry = entryOf(opened, config.value);
  const named = await namedBy(opened, entry, config.value);
  if (!named.ok) return named;
  const known = allOf(locked.value, named.value);
  const chosen = choose(known, request.images);
  if (!chosen.ok) return chosen;
  const wanted = chosen.value;
  const updates = request.dryRun
    ? await foresee(opened, config.value, wanted)
    : await carryOut(opened, { config: config.value, wanted, request });
  if (!updates.ok) return updates;
  const moved = updates.value.filter(({ image }) => hasMoved(image));
  const recipes = locked.value.filter(({ kind }) => kind === 'recipe');
  return succeed({
    ...(entry === undefined ? {} : { entry }),
    updates: updates.value.map(({ image }) => image),
    executeAgain:
      entry === undefined
        ? tasksByRecords(opened.state, new Set(moved.flatMap(({ image }) => image.before ?? [])))
        : tasksOf(named.value, moved),
    skipped: entry === undefined ? namesOf(recipes) : [],
  });
}

interface Update {
  readonly request: ImageRequest;
  readonly image: MovedImage;
}

async function namedBy(
  opened: Opened,
  entry: string | undefined,
  config: Config,
): Promise<Result<readonly NamedImage[]>> {
  if (entry !== undefined) return await imagesOfEntry(opened, { entry, config });
  const fallback = config.container?.image;
  return succeed(fallback === undefined ? [] : [{ request: fallback, tasks: [] }]);
}

/** By the name that people say: every reference of the lock, and what the entry names. */
function allOf(
  locked: readonly LockedImage[],
  named: readonly NamedImage[],
): ReadonlyMap<string, ImageRequest> {
  const references = locked.filter(({ kind }) => kind === 'reference');
  return new Map<string, ImageRequest>([
    ...references.map(({ key }) => [key, key] as const),
    ...named.map(({ request }) => [imageTitle(request), request] as const),
  ]);
}

function choose(
  known: ReadonlyMap<string, ImageRequest>,
  images: readonly string[],
): Result<readonly ImageRequest[]> {
  if (images.length === 0) return succeed([...known.values()]);
  const chosen: ImageRequest[] = [];
  for (const name of images) {
    const request = known.get(name);
    if (request === undefined) return fail(unknownImage(name, [...known.keys()]));
    chosen.push(request);
  }
  return succeed(chosen);
}

async function carryOut(
  opened: Opened,
  of: {
    readonly config: Config;
    readonly wanted: readonly ImageRequest[];
    readonly request: Pick<ImageUpdateRequest, 'onImage' | 'signal'>;
  },
): Promise<Result<readonly Update[]>> {
  const images = openWorkspaceImages(opened, {
    config: of.config,
    readOnly: false,
    onLocked: () => undefined,
    onBuild: (progress) => {
      if (progress.kind === 'warning') opened.warn(progress.warning);
      else of.request.onImage?.({ kind: 'building', progress });
    },
    signal: of.request.signal,
  });
  const updated = await images.update(of.wanted);
  return updated.ok ? succeed(updated.value.map(updateOf)) : updated;
}

/** What is built is another image where its base is another one, or where nobody built it. */
async function foresee(
  opened: Opened,
  config: Config,
  wanted: readonly ImageRequest[],
): Promise<Result<readonly Update[]>> {
  const images = onlyReading(opened, config);
  const before = new Map<ImageRequest, string | undefined>();
  for (const request of wanted) before.set(request, await digestInLock(images, request));
  const references = wanted.map((it) => (typeof it === 'string' ? it : it.from));
  const updated = await images.update([...new Set(references)]);
  if (!updated.ok) return updated;
  const updates = updated.value.map(updateOf);
  const moved = new Set(updates.filter(({ image }) => hasMoved(image)).map((it) => it.request));
  for (const request of wanted) {
    if (typeof request === 'string') continue;
    const digest = before.get(request);
    const stays = digest !== undefined && !moved.has(request.from);
    const image = { name: imageTitle(request), kind: 'recipe' } as const;
    const known = digest === undefined ? {} : { before: digest };
    updates.push({ request, image: { ...image, ...known, ...(stays ? { after: digest } : {}) } });
  }
  return succeed(updates);
}

async function digestInLock(
  images: WorkspaceImages,
  request: ImageRequest,
): Promise<string | undefined> {
  const key = await lockedKey(images, request);
  const locked = images.locked();
  if (key === undefined || !locked.ok) return undefined;
  const platform = imagePlatformOf(process.arch);
  const all = locked.value.filter((it) => `${it.kind} ${it.key}` === key);
  return (all.find((it) => it.platform === platform) ?? all[0])?.image.digest;
}

function updateOf({ request, before, after }: ImageUpdate): Update {
  const kind = typeof request === 'string' ? 'reference' : 'recipe';
  const image: MovedImage = {
    name: imageTitle(request),
    kind,
    after: after.digest,
    ...(before === undefined ? {} : { before: before.digest }),
  };
  return { request, image };
}

function tasksOf(named: readonly NamedImage[], moved: readonly Update[]): readonly TaskId[] {
  const identities = new Set(moved.map(({ request }) => imageIdentity(request)));
  const tasks = named.filter(({ request }) => identities.has(imageIdentity(request)));
  return [...new Set(tasks.flatMap((it) => it.tasks))];
}

function namesOf(locked: readonly LockedImage[]): readonly string[] {
  return [...new Set(locked.map(({ image }) => image.name))];
}

/** Whoever mistypes a name sees those that there are. */
function unknownImage(name: string, known: readonly string[]): Failure {
  return {
    code: 'image-not-found',
    kind: 'usage',
    headline: 'the workspace names no such image',
    facts: [
      ['image', `"${name}"`],
      ['lock', IMAGE_LOCK],
      ['known', known.length === 0 ? 'none' : known.toSorted().join(', ')],
    ],
    hint: '"skein image ls" lists them; a pipeline names more by "--entry"',
  };
}
