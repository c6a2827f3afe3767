import { createRequire } from 'node:module';

/** Of the published package. */
export function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('skein/package.json');
  return String((manifest as { readonly version: unknown }).version);
}
