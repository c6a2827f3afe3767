import { fail, succeed, type Result } from '@skein/model';
import { SHARED_PLATFORMS } from './image-platform.ts';
import type { LockedPlatform } from './lock.ts';
import { lookUp } from './look-up.ts';
import { nodeVersion } from './manifest.ts';
import { readReference } from './reference.ts';
import type { RegistryClient } from './registry-client.ts';
import { otherPlatform } from './registry-failure.ts';
import { usableNode } from './usable-node.ts';

export interface RegistryQuestion {
  /** A reference, as it was written. */
  readonly text: string;
  /** It has to be made for this platform. */
  readonly platform: string;
  /** Platforms that somebody locked, besides those that are always looked at. */
  readonly others: Iterable<string>;
}

/** What the lock is to say about a reference: its images by platform. */
export async function askRegistry(
  client: RegistryClient,
  { text, platform, others }: RegistryQuestion,
): Promise<Result<ReadonlyMap<string, LockedPlatform>>> {
  const reference = readReference(text);
  if (!reference.ok) return reference;
  const wanted = new Set([platform, ...SHARED_PLATFORMS, ...others]);
  const isWanted = (it: string): boolean => wanted.has(it);
  const found = await lookUp(client, { reference: reference.value, isWanted });
  if (!found.ok) return found;
  const { images, isIndex, offered } = found.value;
  const isExact = reference.value.digest !== undefined && !isIndex;
  if (!isExact && !images.some((it) => it.platform === platform)) {
    return fail(otherPlatform(reference.value, platform, offered));
  }
  return succeed(
    new Map(
      images.map(({ platform: made, digest, config }) => {
        const node = usableNode(nodeVersion(config));
        return [made, { digest, ...(node === undefined ? {} : { node }) }];
      }),
    ),
  );
}
