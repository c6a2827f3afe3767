import type { Credentials } from './credential.ts';
import type { CredentialFile, Environment } from './credential-files.ts';
import { credentialPaths, readCredentialFile } from './credential-files.ts';
import { askHelper } from './credential-program.ts';
import { DOCKER_HUB, type ImageReference } from './reference.ts';

/** What was found, and what stood in the way: told only where the registry refuses. */
export interface FoundCredentials {
  readonly credentials?: Credentials;
  readonly troubles: readonly string[];
}

export interface CredentialsOptions {
  readonly environment: Environment;
  /** How long a helper may take, in milliseconds. */
  readonly timeoutMs: number;
}

type Place = Pick<ImageReference, 'registry' | 'repository'>;

/** Docker's own key of Docker Hub, also towards helpers. */
const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_HOSTS = new Set(['index.docker.io', 'registry-1.docker.io', 'docker.io']);

/**
 * What Docker and podman would send for this repository. The first file that knows something
 * decides; in a file the longest key, and a helper before what stands there itself.
 */
export async function findCredentials(
  place: Place,
  options: CredentialsOptions,
): Promise<FoundCredentials> {
  const troubles: string[] = [];
  for (const path of credentialPaths(options.environment)) {
    const file = await readCredentialFile(path);
    if (file === undefined) continue;
    if (typeof file === 'string') {
      troubles.push(file);
      continue;
    }
    // A program that has nothing, or is gone, hides nothing that the file itself says.
    const asked = await askHelpers(file, place, options);
    const found = typeof asked === 'object' ? asked : written(file, place);
    if (typeof found === 'object') return { credentials: found, troubles };
    for (const it of [asked, found]) if (typeof it === 'string') troubles.push(it);
  }
  return { troubles };
}

async function askHelpers(
  file: CredentialFile,
  place: Place,
  options: CredentialsOptions,
): Promise<Credentials | string | undefined> {
  const key = longestKey(file.helpers.keys(), place);
  const name = key === undefined ? file.store : file.helpers.get(key);
  // Docker Desktop leaves the name of its store empty for registries that need none.
  if (name === undefined || name === '') return undefined;
  const server = place.registry === DOCKER_HUB ? HUB_KEY : place.registry;
  return await askHelper({ name, server, ...options });
}

function written(file: CredentialFile, place: Place): Credentials | string | undefined {
  const key = longestKey(file.auths.keys(), place);
  const entry = key === undefined ? undefined : file.auths.get(key);
  if (entry === undefined) return undefined;
  const identity = entry['identitytoken'];
  if (typeof identity === 'string' && identity !== '') return { kind: 'identity', token: identity };
  const pair = pairOf(entry);
  if (pair === undefined) return undefined;
  return pair === 'damaged' ? `"${file.path}": what it says for "${key ?? ''}" is damaged` : pair;
}

/** `auth` is the Base64 of `user:password`; some write the two by name. */
function pairOf(entry: Readonly<Record<string, unknown>>): Credentials | 'damaged' | undefined {
  const { auth, username, password } = entry;
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    if (colon < 1) return 'damaged';
    return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  if (typeof username !== 'string' || typeof password !== 'string') return undefined;
  return username === '' ? undefined : { kind: 'password', username, password };
}

/** `registry/a/b` before `registry/a` before `registry`; a key may be an address, too. */
function longestKey(keys: Iterable<string>, { registry, repository }: Place): string | undefined {
  const wanted = `${registry}/${repository}`;
  const fitting = [...keys].filter((key) => {
    const name = nameOf(key);
    return wanted === name || wanted.startsWith(`${name}/`);
  });
  const length = (key: string): number => nameOf(key).length;
  return fitting.toSorted((a, b) => length(b) - length(a))[0];
}

/** Old keys are addresses: of them the host counts. */
function nameOf(key: string): string {
  const isAddress = /^https?:\/\//.test(key);
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const host = bare.split('/')[0] ?? bare;
  const name = isAddress || /^[^/]+\/v[12]$/.test(bare) ? host : bare;
  if (!HUB_HOSTS.has(host)) return name;
  return `${DOCKER_HUB}${name.slice(host.length)}`;
}
