/**
 * Bytes that are already an encoding, embedded as they are: `encode` writes them as a byte string
 * under CBOR's tag 24 and `decode` gives back an `Encoded`, without looking inside.
 */
export class Encoded {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}
