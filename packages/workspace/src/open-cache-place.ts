import { join } from 'node:path';
import { findWorkspaceRoot } from '@skein/analysis';
import { type Failure, type Result, fail, succeed } from '@skein/model';
import type { CachePlace, CachePlaceRequest } from './cache-place.ts';
import { loadConfig } from './config.ts';
import { type RemoteSettings, remoteSettings } from './remote-settings.ts';

/** Fails with `usage` where nothing says which remote is meant, and where a token is missing. */
export async function openCachePlace(request: CachePlaceRequest): Promise<Result<CachePlace>> {
  const { data } = request;
  if (data !== undefined) return await openDirectly(request, data);
  const root = request.root ?? findWorkspaceRoot(join(request.cwd, 'package.json'));
  const settings = await placeSettings({ ...request, root });
  if (!settings.ok) return settings;
  const { address } = settings.value;
  if (address.kind === 's3') return await openDirectly(request, address.url, settings.value);
  const { HttpCache } = await import('./http-cache.ts');
  const { clock, environment, version } = request;
  return succeed(new HttpCache({ settings: settings.value, clock, environment, version }));
}

async function openDirectly(
  request: CachePlaceRequest,
  data: string,
  settings?: RemoteSettings,
): Promise<Result<CachePlace>> {
  const { DepotCache } = await import('./depot-cache.ts');
  return await DepotCache.open({ ...request, data, settings });
}

/** The remote of runs in this workspace; whoever asks for it wants it, so a missing one fails. */
export async function placeSettings(
  request: Pick<CachePlaceRequest, 'remote' | 'environment' | 'warn'> & { readonly root: string },
): Promise<Result<RemoteSettings>> {
  const { remote, root, environment, warn } = request;
  const config = await loadConfig(root);
  if (!config.ok) return config;
  const settings = remoteSettings({
    asked: { remoteMode: 'read-write', ...(remote === undefined ? {} : { remote }) },
    environment,
    config: config.value.remote,
    readOnly: false,
  });
  if (!settings.ok) return settings;
  if (settings.value.kind === 'off') return fail(noRemote(settings.value.warnings));
  for (const warning of settings.value.warnings) warn(warning);
  return succeed({ ...settings.value, modeAskedBy: undefined });
}

function noRemote([why]: readonly Failure[]): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: why?.headline ?? 'there is no remote here',
    facts: [],
    hint: 'name one by "--remote" or SKEIN_REMOTE, and its token by SKEIN_REMOTE_TOKEN',
  };
}
