import {
  type KeyObject,
  createHash,
  createPublicKey,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';

/** Bytes of a raw Ed25519 public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64;

/** In front of what is signed: a signature over an entry is none over anything else. */
const SIGNED = Buffer.from('skein.entry.v1\0', 'latin1');
/** What precedes the raw key in its DER form (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEYS_KNOWN = 1_000;

/** The name of a writer's key: SHA-256 of the raw public key, 64 hexadecimal digits. */
export function nameOfWriter(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex');
}

/** Signs the content of an entry (Ed25519), off the main thread. */
export function signContent(content: Uint8Array, privateKey: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    signBytes(null, toSign(content), privateKey, (error, signature) => {
      if (error === null) resolve(signature);
      else reject(error);
    });
  });
}

/** Whether the signature is that of the key over the content. False for what is no key at all. */
export function isSignedBy(
  content: Uint8Array,
  publicKey: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = keyOf(publicKey);
  if (key === undefined || signature.byteLength !== SIGNATURE_BYTES) return Promise.resolve(false);
  return new Promise((resolve) => {
    verifyBytes(null, toSign(content), key, signature, (error, isValid) => {
      resolve(error === null && isValid);
    });
  });
}

/** The raw public key of an Ed25519 key; `undefined` for a key of another kind. */
export function rawPublicKey(key: KeyObject): Uint8Array | undefined {
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  const half = key.type === 'public' ? key : createPublicKey(key);
  const spki = half.export({ type: 'spki', format: 'der' });
  return new Uint8Array(spki.subarray(spki.length - PUBLIC_KEY_BYTES));
}

function toSign(content: Uint8Array): Uint8Array {
  return Buffer.concat([SIGNED, content]);
}

/** Making a key object takes as long as using it: the few that occur are kept. */
const known = new Map<string, KeyObject>();

function keyOf(publicKey: Uint8Array): KeyObject | undefined {
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES) return undefined;
  const name = Buffer.from(publicKey).toString('latin1');
  const found = known.get(name);
  if (found !== undefined) return found;
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI, publicKey]),
      format: 'der',
      type: 'spki',
    });
    if (known.size >= KEYS_KNOWN) known.clear();
    known.set(name, key);
    return key;
  } catch {
    return undefined;
  }
}
