import { join } from 'node:path';
import type { Digest } from '@skein/values';
import { digestHex, shortDigest } from '@skein/values';

/** Where the bundle of an analysis lies; equal digests, equal bundle. */
export function bundlePath(
  state: string,
  of: { readonly bundleDigest: Digest; readonly sourceDigest: Digest },
): string {
  const name = `${digestHex(of.bundleDigest)}-${shortDigest(of.sourceDigest)}`;
  return join(state, 'bundles', name, 'bundle.mjs');
}
