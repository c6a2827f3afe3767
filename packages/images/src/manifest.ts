import { platformName } from './image-platform.ts';
import { isImageDigest } from './reference.ts';

/** What a registry keeps under a tag or digest. */
export type Manifest = ImageIndex | ImageManifest;

export interface ImageIndex {
  readonly kind: 'index';
  readonly entries: readonly IndexEntry[];
}

export interface IndexEntry {
  readonly digest: string;
  /** `linux/arm64`; absent: its configuration says it. */
  readonly platform?: string;
}

export interface ImageManifest {
  readonly kind: 'image';
  /** Digest of the configuration. */
  readonly config: string;
  readonly layers: readonly { readonly size: number }[];
}

/** What an image says of itself. */
export interface ImageConfig {
  readonly platform: string;
  readonly created?: string;
  /** `NAME=value`, in order. */
  readonly variables: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user?: string;
}

/** Builders put what they attest about an image beside it, in the form of an image. */
const ATTESTATION = 'unknown/unknown';

type Fields = Readonly<Record<string, unknown>>;

/** Of an index only what could be an image: signatures have types of their own. */
const IMAGE_TYPES = new Set<unknown>([
  undefined,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);

/**
 * A string says what is wrong with it. The shape decides, and not the announced type: what could
 * be read as both is refused (CVE-2021-41190).
 */
export function parseManifest(bytes: Uint8Array): Manifest | string {
  const data = parsed(bytes);
  if (data === undefined) return 'a manifest that is no JSON object';
  const { manifests, config, layers, schemaVersion } = data;
  if (schemaVersion === 1) return 'a manifest of the old schema 1';
  if (Array.isArray(manifests)) {
    if (config !== undefined || layers !== undefined) return 'a manifest that is an index, too';
    return { kind: 'index', entries: manifests.flatMap(entryOf) };
  }
  if (!isFields(config) || !isImageDigest(config['digest']) || !Array.isArray(layers)) {
    return 'a manifest without configuration and layers';
  }
  const sizes = layers.map((it: unknown) => (isFields(it) ? it['size'] : undefined));
  return {
    kind: 'image',
    config: config['digest'],
    layers: sizes.map((it) => ({ size: typeof it === 'number' && it > 0 ? it : 0 })),
  };
}

/** A string says what is wrong with it. */
export function parseConfig(bytes: Uint8Array): ImageConfig | string {
  const data = parsed(bytes);
  if (data === undefined) return 'a configuration that is no JSON object';
  const platform = platformOf(data);
  if (platform === undefined) return 'a configuration that names no platform';
  const config = isFields(data['config']) ? data['config'] : {};
  const created = data['created'];
  const user = config['User'];
  return {
    platform,
    variables: texts(config['Env']),
    entrypoint: texts(config['Entrypoint']),
    command: texts(config['Cmd']),
    ...(typeof created === 'string' ? { created } : {}),
    ...(typeof user === 'string' && user !== '' ? { user } : {}),
  };
}

/** What the image says by NODE_VERSION, as the official images do. */
export function nodeVersion(config: ImageConfig): string | undefined {
  const prefix = 'NODE_VERSION=';
  return config.variables.findLast((it) => it.startsWith(prefix))?.slice(prefix.length);
}

function entryOf(entry: unknown): readonly IndexEntry[] {
  if (!isFields(entry) || !isImageDigest(entry['digest'])) return [];
  if (!IMAGE_TYPES.has(entry['mediaType'])) return [];
  const { digest } = entry as { readonly digest: string };
  if (entry['platform'] === undefined) return [{ digest }];
  const platform = isFields(entry['platform']) ? platformOf(entry['platform']) : undefined;
  return platform === undefined || platform === ATTESTATION ? [] : [{ digest, platform }];
}

const NAME = /^[a-z0-9]{1,32}$/;

function platformOf(fields: Fields): string | undefined {
  const { os, architecture, variant } = fields;
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  if (!NAME.test(os) || !NAME.test(architecture)) return undefined;
  const given = typeof variant === 'string' && NAME.test(variant) ? variant : undefined;
  return platformName({ os, architecture, variant: given });
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : [];
}

function parsed(bytes: Uint8Array): Fields | undefined {
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  return isFields(data) ? data : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
