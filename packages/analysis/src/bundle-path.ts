import { readFileSync, readdirSync } from 'node:fs';
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

/**
 * A whole and undamaged bundle of this digest, whichever comments its sources had: equal digests
 * run alike. That of `sourceDigest` comes first. `undefined`: there is none.
 */
export function findBundle(
  state: string,
  of: { readonly bundleDigest: Digest; readonly sourceDigest: Digest },
): string | undefined {
  const own = bundlePath(state, of);
  if (isSealedBundle(own)) return own;
  const folder = join(state, 'bundles');
  const beginning = `${digestHex(of.bundleDigest)}-`;
  return namesIn(folder)
    .filter((name) => name.startsWith(beginning))
    .map((name) => join(folder, name, 'bundle.mjs'))
    .find(isSealedBundle);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
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
