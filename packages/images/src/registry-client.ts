import { fail, succeed, type Result } from '@skein/model';
import { digestHex, digestOf } from '@skein/values';
import type { Environment } from './credential-files.ts';
import { findCredentials, type FoundCredentials } from './credentials.ts';
import { httpGet, type Fetch, type HttpAnswer } from './http-get.ts';
import type { ImageReference } from './reference.ts';
import { isImageDigest } from './reference.ts';
import { absentImage, registryRefusal, registryTrouble } from './registry-failure.ts';
import { registryUrl } from './registry-host.ts';
import { signIn } from './registry-sign-in.ts';

export interface RegistryOptions {
  readonly environment: Environment;
  readonly insecureRegistries: readonly string[];
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

/** What a registry gave, and the digest of exactly these bytes. */
export interface Fetched {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** Registries have to take 4 MiB; a configuration names every file of nothing, and is small. */
const LIMIT_BYTES = 8 << 20;

/**
 * Reads from registries: https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
 * Whatever is asked for by digest has that digest, or is refused.
 */
export class RegistryClient {
  readonly #options: RegistryOptions;
  /** The header that each repository was satisfied with. */
  readonly #authorizations = new Map<string, string>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** The manifest or index that `target`, a tag or a digest, names. */
  async manifest(reference: ImageReference, target: string): Promise<Result<Fetched>> {
    const answer = await this.#get(reference, `manifests/${target}`, MANIFEST_TYPES);
    if (!answer.ok) return answer;
    const { bytes, headers } = answer.value;
    const claimed = headers.get('docker-content-digest');
    const expected = isImageDigest(target) ? target : isImageDigest(claimed) ? claimed : undefined;
    return verified(reference, bytes, expected);
  }

  async blob(reference: ImageReference, digest: string): Promise<Result<Fetched>> {
    const answer = await this.#get(reference, `blobs/${digest}`, '*/*');
    return answer.ok ? verified(reference, answer.value.bytes, digest) : answer;
  }

  async #get(reference: ImageReference, path: string, accept: string): Promise<Result<HttpAnswer>> {
    const { registry, repository } = reference;
    const place = `${registry}/${repository}`;
    const url = `${registryUrl(registry, this.#options.insecureRegistries)}${repository}/${path}`;
    const ask = async (): Promise<HttpAnswer | string> => {
      const authorization = this.#authorizations.get(place);
      const headers = { accept, ...(authorization === undefined ? {} : { authorization }) };
      return await httpGet({ url, headers, limitBytes: LIMIT_BYTES }, this.#options);
    };
    const first = await ask();
    if (typeof first === 'string') return fail(registryTrouble(reference, first));
    if (first.status !== 401 && first.status !== 403) return judged(reference, first);
    const found = await findCredentials(reference, this.#options);
    const signedIn = await this.#signIn(reference, first, found);
    if (!signedIn.ok) return signedIn;
    this.#authorizations.set(place, signedIn.value);
    const second = await ask();
    if (typeof second === 'string') return fail(registryTrouble(reference, second));
    if (second.status !== 401 && second.status !== 403) return judged(reference, second);
    this.#authorizations.delete(place);
    return fail(registryRefusal(reference, wordsOf(second), sentOf(found)));
  }

  async #signIn(
    reference: ImageReference,
    refusal: HttpAnswer,
    found: FoundCredentials,
  ): Promise<Result<string>> {
    const header = refusal.headers.get('www-authenticate');
    // Without it nobody knows how: a registry that answers 403 has decided.
    if (header === null) {
      return fail(registryRefusal(reference, wordsOf(refusal), { isSent: false, ...found }));
    }
    const { insecureRegistries } = this.#options;
    const request = { reference, header, found, insecureRegistries, http: this.#options };
    const signed = await signIn(request);
    if ('authorization' in signed) return succeed(signed.authorization);
    return fail(
      signed.isReachable
        ? registryRefusal(reference, signed.said, sentOf(found))
        : registryTrouble(reference, signed.said),
    );
  }
}

function judged(reference: ImageReference, answer: HttpAnswer): Result<HttpAnswer> {
  if (answer.status === 200) return succeed(answer);
  const said = wordsOf(answer);
  if (answer.status === 404) return fail(absentImage(reference, said));
  return fail(registryTrouble(reference, said));
}

function verified(
  reference: ImageReference,
  bytes: Uint8Array,
  expected: string | undefined,
): Result<Fetched> {
  const digest = `sha256:${digestHex(digestOf('blob', bytes))}`;
  if (expected === undefined || expected === digest) return succeed({ digest, bytes });
  return fail(registryTrouble(reference, `content of ${digest} as that of ${expected}`));
}

function sentOf(found: FoundCredentials): { isSent: boolean; troubles: readonly string[] } {
  return { isSent: found.credentials !== undefined, troubles: found.troubles };
}

/** `404 MANIFEST_UNKNOWN: manifest unknown`, as far as the answer has the form for it. */
function wordsOf(answer: HttpAnswer): string {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(answer.bytes).toString('utf8'));
  } catch {
    return String(answer.status);
  }
  const first = (body as { errors?: readonly unknown[] } | null)?.errors?.[0];
  if (typeof first !== 'object' || first === null) return String(answer.status);
  const { code, message } = first as { code?: unknown; message?: unknown };
  const words = [code, message].filter((it) => typeof it === 'string' && it !== '');
  return words.length === 0 ? String(answer.status) : `${answer.status} ${words.join(': ')}`;
}
