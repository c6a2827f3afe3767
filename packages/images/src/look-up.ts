import { fail, succeed, type Result } from '@skein/model';
import type { ImageConfig, ImageIndex, ImageManifest, IndexEntry } from './manifest.ts';
import { parseConfig, parseManifest } from './manifest.ts';
import type { ImageReference } from './reference.ts';
import type { Fetched, RegistryClient } from './registry-client.ts';
import { registryTrouble } from './registry-failure.ts';

/** What a registry gives for a reference, with the images that were wanted of it. */
export interface FoundImages {
  /** Digest of what the reference itself names: an index, or the manifest of one image. */
  readonly digest: string;
  readonly isIndex: boolean;
  /** Every platform that it is made for, in the order of the index. */
  readonly offered: readonly string[];
  readonly images: readonly FoundImage[];
}

/** One image of a reference: for one platform. */
export interface FoundImage {
  readonly platform: string;
  readonly digest: string;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

export interface LookUpRequest {
  readonly reference: ImageReference;
  /** Of an index the images of these platforms are looked at. */
  readonly isWanted: (platform: string) => boolean;
}

/** Asks the registry what a reference is; a digest in it decides before its tag. */
export async function lookUp(
  client: RegistryClient,
  request: LookUpRequest,
): Promise<Result<FoundImages>> {
  const { reference } = request;
  const target = reference.digest ?? reference.tag ?? 'latest';
  const fetched = await client.manifest(reference, target);
  if (!fetched.ok) return fetched;
  const manifest = parseManifest(fetched.value.bytes);
  if (typeof manifest === 'string') return fail(registryTrouble(reference, manifest));
  const { digest } = fetched.value;
  if (manifest.kind === 'index') return await lookInto(client, request, { digest, manifest });
  const image = await describe(client, reference, { digest, manifest });
  if (!image.ok) return image;
  const { platform } = image.value;
  return succeed({ digest, isIndex: false, offered: [platform], images: [image.value] });
}

async function lookInto(
  client: RegistryClient,
  { reference, isWanted }: LookUpRequest,
  { digest, manifest }: { readonly digest: string; readonly manifest: ImageIndex },
): Promise<Result<FoundImages>> {
  const open = firstOfEach(manifest.entries).filter(
    ({ platform }) => platform === undefined || isWanted(platform),
  );
  const looked = await Promise.all(open.map((entry) => lookAt(client, reference, entry)));
  const images: FoundImage[] = [];
  const lacking = new Set<string | undefined>();
  for (const [at, image] of looked.entries()) {
    // A mirror may hold a part of an index only: what it lacks is not offered.
    if (image.ok) images.push(image.value);
    else if (image.failure.code === 'image-not-found') lacking.add(open[at]?.platform);
    else return image;
  }
  const named = manifest.entries
    .flatMap(({ platform }) => platform ?? [])
    .filter((platform) => !lacking.has(platform));
  const wanted = images.filter(({ platform }) => isWanted(platform));
  const offered = [...new Set([...named, ...images.map(({ platform }) => platform)])];
  return succeed({ digest, isIndex: true, offered, images: wanted });
}

/** Of two entries for a platform engines take the first. */
function firstOfEach(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  return entries.filter(
    ({ platform }, at) =>
      platform === undefined || entries.findIndex((it) => it.platform === platform) === at,
  );
}

async function lookAt(
  client: RegistryClient,
  reference: ImageReference,
  entry: IndexEntry,
): Promise<Result<FoundImage>> {
  const fetched: Result<Fetched> = await client.manifest(reference, entry.digest);
  if (!fetched.ok) return fetched;
  const manifest = parseManifest(fetched.value.bytes);
  if (typeof manifest === 'string') return fail(registryTrouble(reference, manifest));
  if (manifest.kind === 'index') return fail(registryTrouble(reference, 'an index in an index'));
  const described = await describe(client, reference, { digest: entry.digest, manifest });
  if (!described.ok || entry.platform === undefined) return described;
  // Engines choose by the index, also where the image contradicts it.
  return succeed({ ...described.value, platform: entry.platform });
}

async function describe(
  client: RegistryClient,
  reference: ImageReference,
  { digest, manifest }: { readonly digest: string; readonly manifest: ImageManifest },
): Promise<Result<FoundImage>> {
  const fetched = await client.blob(reference, manifest.config);
  if (!fetched.ok) return fetched;
  const config = parseConfig(fetched.value.bytes);
  if (typeof config === 'string') return fail(registryTrouble(reference, config));
  return succeed({ platform: config.platform, digest, manifest, config });
}
