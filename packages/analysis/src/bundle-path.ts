import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@skein/values';
import { digestHex, digestOf, shortDigest } from '@skein/values';

/** Where the bundle of an analysis lies; equal digests, equal bundle. */
export function bundlePath(
  state: string,
  of: { readonly bundleDigest: Digest; readonly sourceDigest: Digest },
): string {
  return join(state, 'bundles', bundleName(of), 'bundle.mjs');
}

/** Of the bundle's folder. */
export function bundleName(of: {
  readonly bundleDigest: Digest;
  readonly sourceDigest: Digest;
}): string {
  return `${digestHex(of.bundleDigest)}-${shortDigest(of.sourceDigest)}`;
}

const SEAL = '\n// skein bundle ';

/** The bundle's text with its own digest in a last line, which moves no other. */
export function sealBundle(text: string): string {
  return `${text}${SEAL}${digestOf('bundle', text)}\n`;
}

/** Whether a whole and undamaged bundle lies there (D5); any other is made again (P4). */
export function isSealedBundle(path: string): boolean {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    return false;
  }
  const end = content.lastIndexOf(SEAL);
  return end >= 0 && content === sealBundle(content.slice(0, end));
}
