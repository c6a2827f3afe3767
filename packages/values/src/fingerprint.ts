import xxhash from 'xxhash-wasm';

declare const fingerprintBrand: unique symbol;

/** xxh64 of a file, 16 hexadecimal digits: tells local changes, never names content (D5). */
export type Fingerprint = string & { readonly [fingerprintBrand]: true };

/** Makes fingerprints, synchronously once it is loaded. */
export interface Fingerprinter {
  of(bytes: Uint8Array): Fingerprint;
}

const HEX_DIGITS = 16;

let loading: Promise<Fingerprinter> | undefined;

/** Loads the WebAssembly module once a process. */
export function loadFingerprinter(): Promise<Fingerprinter> {
  loading ??= xxhash().then((api) => ({
    of: (bytes) => api.h64Raw(bytes).toString(16).padStart(HEX_DIGITS, '0') as Fingerprint,
  }));
  return loading;
}
