import { createPublicKey, generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import { encode } from '@skein/values';

/** Somebody who signs entries, as `docs/formats/remote.md` has it, with a key of his own. */
export class Writer {
  readonly #privateKey = generateKeyPairSync('ed25519').privateKey;

  /** Raw, 32 bytes. */
  get publicKey(): Buffer {
    const { x = '' } = createPublicKey(this.#privateKey).export({ format: 'jwk' });
    return Buffer.from(x, 'base64url');
  }

  get name(): string {
    return hash('sha256', this.publicKey, 'hex');
  }

  /** Both halves, for who writes entries as Skein does. */
  get key(): { privateKey: KeyObject; publicKey: Uint8Array; name: string } {
    const { publicKey, name } = this;
    return { privateKey: this.#privateKey, publicKey: bytesOf(publicKey), name };
  }

  /** An entry with this content. */
  seal(content: Uint8Array): Uint8Array {
    const signature = sign(null, signedBytes(content), this.#privateKey);
    return encode([1, content, bytesOf(this.publicKey), bytesOf(signature)]);
  }
}

/** What the signature of an entry is over. */
function signedBytes(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('skein.entry.v1\0'), content]);
}

/** A `Buffer` is encoded as what it is. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
