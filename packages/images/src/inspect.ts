import { succeed, type Result } from '@skein/model';
import { lookUp, type FoundImage } from './look-up.ts';
import { nodeVersion } from './manifest.ts';
import { printReference, readReference } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';
import type { ImageInspection, InspectedPlatform } from './workspace-images.ts';

/** What the registry says about a reference now, on every platform of Linux. */
export async function inspectImage(
  client: RegistryClient,
  text: string,
): Promise<Result<ImageInspection>> {
  const reference = readReference(text);
  if (!reference.ok) return reference;
  const isWanted = (platform: string): boolean => platform.startsWith('linux/');
  const found = await lookUp(client, { reference: reference.value, isWanted });
  if (!found.ok) return found;
  const { digest, isIndex, images } = found.value;
  const platforms = images.map(inspected);
  return succeed({ reference: printReference(reference.value), digest, isIndex, platforms });
}

function inspected({ platform, digest, manifest, config }: FoundImage): InspectedPlatform {
  const { created, user, entrypoint, command } = config;
  const node = nodeVersion(config);
  return {
    platform,
    digest,
    size: manifest.layers.reduce((sum, { size }) => sum + size, 0),
    layers: manifest.layers.length,
    ...(created === undefined ? {} : { created }),
    variables: config.variables.map((it) => it.split('=', 1)[0] ?? it),
    entrypoint,
    command,
    ...(user === undefined ? {} : { user }),
    ...(node === undefined ? {} : { node }),
  };
}
