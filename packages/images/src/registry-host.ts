import { DOCKER_HUB } from './reference.ts';

/** Where a registry is asked; Docker Hub answers under another name than it is called by. */
export function registryUrl(registry: string, insecure: readonly string[]): string {
  const host = registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
  return `${mayBePlain(registry, insecure) ? 'http' : 'https'}://${host}/v2/`;
}

/** Plain http is for this machine, and for registries of which the configuration says so. */
export function mayBePlain(host: string, insecure: readonly string[]): boolean {
  if (insecure.includes(host)) return true;
  const name = host.replace(/:\d+$/, '');
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(name);
}
