import { createHash } from 'node:crypto';

/** What a test uploads: nothing of it ever runs, so its only layer is a few bytes. */
export interface CraftedImage {
  /** `linux/arm64`, `linux/arm/v7` */
  readonly platform?: string;
  readonly variables?: readonly string[];
  /** Whatever makes it another image. */
  readonly content?: string;
  readonly type?: 'oci' | 'docker';
}

export interface Stored {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly bytes: string;
}

/** Something that takes uploads by the API of registries. */
export interface UploadPlace {
  readonly host: string;
  readonly repository: string;
  readonly authorization?: string;
}

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';

/** Configuration, layer and manifest, as whoever builds an image makes them. */
export function craft(image: CraftedImage): { manifest: Stored; blobs: readonly Stored[] } {
  const [os, architecture, variant] = (image.platform ?? 'linux/amd64').split('/');
  const layer = stored(image.content ?? 'a layer', 'application/octet-stream');
  const config = stored(
    JSON.stringify({
      os,
      architecture,
      variant,
      created: '2024-05-06T07:08:09Z',
      config: { Env: ['PATH=/usr/bin', ...(image.variables ?? [])], Entrypoint: ['/run'] },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
    image.type === 'docker' ? `${DOCKER}.container.image.v1+json` : `${OCI}.config.v1+json`,
  );
  const type =
    image.type === 'docker' ? `${DOCKER}.distribution.manifest.v2` : `${OCI}.manifest.v1`;
  const layerType = `${OCI}.layer.v1.tar+gzip`;
  const manifest = stored(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}+json`,
      config: descriptor(config),
      layers: [{ ...descriptor(layer), mediaType: layerType }],
    }),
    `${type}+json`,
  );
  return { manifest, blobs: [config, layer] };
}

/** An index of images for several platforms, and an attestation that is none. */
export function craftIndex(
  images: readonly CraftedImage[],
  type: 'oci' | 'docker' = 'oci',
): Stored {
  const mediaType =
    type === 'oci' ? `${OCI}.index.v1+json` : `${DOCKER}.distribution.manifest.list.v2+json`;
  const manifests = images.map((image) => {
    const [os, architecture, variant] = (image.platform ?? 'linux/amd64').split('/');
    return { ...descriptor(craft(image).manifest), platform: { os, architecture, variant } };
  });
  const attestation = {
    ...descriptor(craft({ content: 'attested' }).manifest),
    platform: { os: 'unknown', architecture: 'unknown' },
  };
  const all = [...manifests, attestation];
  return stored(JSON.stringify({ schemaVersion: 2, mediaType, manifests: all }), mediaType);
}

export async function upload(
  place: UploadPlace,
  tag: string,
  image: CraftedImage,
): Promise<Stored> {
  const { manifest, blobs } = craft(image);
  for (const blob of blobs) await uploadBlob(place, blob);
  await put(place, `manifests/${tag}`, manifest);
  return manifest;
}

export async function uploadIndex(
  place: UploadPlace,
  tag: string,
  images: readonly CraftedImage[],
): Promise<Stored> {
  for (const image of [...images, { content: 'attested' }]) {
    await upload(place, craft(image).manifest.digest, image);
  }
  const index = craftIndex(images, images[0]?.type);
  await put(place, `manifests/${tag}`, index);
  return index;
}

export function stored(bytes: string, mediaType: string): Stored {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { digest, size: Buffer.byteLength(bytes), mediaType, bytes };
}

function descriptor({ digest, size, mediaType }: Stored): object {
  return { mediaType, digest, size };
}

async function uploadBlob(place: UploadPlace, blob: Stored): Promise<void> {
  const start = await fetch(`http://${place.host}/v2/${place.repository}/blobs/uploads/`, {
    method: 'POST',
    headers: headersOf(place),
  });
  const location = new URL(start.headers.get('location') ?? '', start.url);
  location.searchParams.set('digest', blob.digest);
  await must(location.href, place, { ...blob, mediaType: 'application/octet-stream' });
}

async function put(place: UploadPlace, path: string, content: Stored): Promise<void> {
  await must(`http://${place.host}/v2/${place.repository}/${path}`, place, content);
}

async function must(url: string, place: UploadPlace, content: Stored): Promise<void> {
  const headers = { ...headersOf(place), 'content-type': content.mediaType };
  const answer = await fetch(url, { method: 'PUT', headers, body: content.bytes });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

function headersOf({ authorization }: UploadPlace): Record<string, string> {
  return authorization === undefined ? {} : { authorization };
}
