import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';

/** A reference in full, as Docker and podman read it. */
export interface ImageReference {
  /** `docker.io`, `localhost:5000`, `[::1]:5000` */
  readonly registry: string;
  /** `library/python` */
  readonly repository: string;
  /** Absent only beside a digest. */
  readonly tag?: string;
  /** `sha256:…`; decides where both are given. */
  readonly digest?: string;
}

export const DOCKER_HUB = 'docker.io';

// https://github.com/distribution/reference/blob/main/regexp.go
const LABEL = '(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const BARE_DIGEST = /^[0-9a-f]{64}$/;
const LONGEST_REPOSITORY = 255;
const LONGEST = 1_024;
const OFFICIAL = 'library/';

/** Whether the text is the digest of a manifest, `sha256:` and 64 lower-case digits. */
export function isImageDigest(text: unknown): text is string {
  return typeof text === 'string' && SHA256.test(text);
}

/** `undefined`: no reference that Docker and podman would take. */
export function parseReference(text: string): ImageReference | undefined {
  if (text.length > LONGEST) return undefined;
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isImageDigest(digest)) return undefined;
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  // A colon before a slash is that of a port.
  const hasTag = colon > named.lastIndexOf('/');
  const written = hasTag ? named.slice(colon + 1) : undefined;
  if (written !== undefined && !TAG.test(written)) return undefined;
  const place = placeOf(hasTag ? named.slice(0, colon) : named);
  if (place === undefined) return undefined;
  const tag = written ?? (digest === undefined ? 'latest' : undefined);
  return {
    ...place,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** `parseReference` for what an author or a caller wrote. */
export function readReference(text: string): Result<ImageReference> {
  const reference = parseReference(text);
  return reference === undefined ? fail(noReference(text)) : succeed(reference);
}

/** In full, with registry and tag: what was read reads back as the same. */
export function printReference({ registry, repository, tag, digest }: ImageReference): string {
  const tagged = tag === undefined ? '' : `:${tag}`;
  return `${registry}/${repository}${tagged}${digest === undefined ? '' : `@${digest}`}`;
}

/** Where an engine gets exactly this manifest. */
export function pinReference({ registry, repository }: ImageReference, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}

function placeOf(name: string): Pick<ImageReference, 'registry' | 'repository'> | undefined {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  const registry = isHost ? hubOf(first) : DOCKER_HUB;
  const path = isHost ? name.slice(slash + 1) : name;
  if (!HOST.test(registry) || !URL.canParse(`http://${registry}/`)) return undefined;
  if (!path.split('/').every((it) => COMPONENT.test(it))) return undefined;
  // Docker refuses it, since it is how people name images of an engine.
  if (!isHost && BARE_DIGEST.test(path)) return undefined;
  const isOfficial = registry === DOCKER_HUB && !path.includes('/');
  const repository = isOfficial ? `${OFFICIAL}${path}` : path;
  return repository.length > LONGEST_REPOSITORY ? undefined : { registry, repository };
}

/** Docker Hub has two names. */
function hubOf(host: string): string {
  return host === 'index.docker.io' ? DOCKER_HUB : host;
}

function noReference(text: string): Failure {
  const written = /^(?:docker|oci|https?):\/\//.test(text);
  return {
    code: 'image-not-found',
    kind: 'usage',
    headline: 'this is no reference of an image',
    facts: [['given', JSON.stringify(text)]],
    hint: written
      ? 'leave out what stands before "://": "ghcr.io/acme/x:1.4"'
      : 'write "registry/repository:tag" or "registry/repository@sha256:…", in lower case',
  };
}
