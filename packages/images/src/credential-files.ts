import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '@skein/model';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One file of credentials, as far as it is understood. */
export interface CredentialFile {
  readonly path: string;
  /** By registry, `registry/namespace` or an old address like `https://index.docker.io/v1/`. */
  readonly auths: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Names of helper programs, by the same keys. */
  readonly helpers: ReadonlyMap<string, string>;
  readonly store?: string;
}

/**
 * Where Docker and podman look, in podman's order; a file named by REGISTRY_AUTH_FILE stands alone.
 * https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function credentialPaths(environment: Environment): readonly string[] {
  const named = environment['REGISTRY_AUTH_FILE'];
  if (isSet(named)) return [named];
  const home = environment['HOME'];
  const paths: string[] = [];
  const runtime = environment['XDG_RUNTIME_DIR'];
  if (isSet(runtime)) paths.push(join(runtime, 'containers/auth.json'));
  else paths.push(`/run/containers/${process.getuid?.() ?? 0}/auth.json`);
  const settings = environment['XDG_CONFIG_HOME'];
  if (isSet(settings)) paths.push(join(settings, 'containers/auth.json'));
  else if (isSet(home)) paths.push(join(home, '.config/containers/auth.json'));
  const docker = environment['DOCKER_CONFIG'];
  if (isSet(docker)) paths.push(join(docker, 'config.json'));
  else if (isSet(home)) paths.push(join(home, '.docker/config.json'));
  return paths;
}

/** `undefined`: there is none. A string: what is wrong with it, without a word of its content. */
export async function readCredentialFile(
  path: string,
): Promise<CredentialFile | string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    return isAbsent ? undefined : `"${path}" cannot be read: ${code}`;
  }
  // podman makes an empty one.
  if (text.trim() === '') return undefined;
  const data = parsed(text);
  if (!isRecord(data)) return `"${path}" is no JSON object`;
  const auths = recordsOf(data['auths']).filter((it): it is [string, Record<string, unknown>] =>
    isRecord(it[1]),
  );
  const helpers = recordsOf(data['credHelpers']).filter(
    (it): it is [string, string] => typeof it[1] === 'string',
  );
  const store = data['credsStore'];
  return {
    path,
    auths: new Map(auths),
    helpers: new Map(helpers),
    ...(typeof store === 'string' && store !== '' ? { store } : {}),
  };
}

/** The error of `JSON.parse` quotes what it read: nobody may see that. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordsOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
