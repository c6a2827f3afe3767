export {
  createDigester,
  digestFile,
  digestFileSync,
  digestFrom,
  digestHex,
  digestOf,
  digestSize,
  isDigest,
  packDigests,
  parseDigest,
  shortDigest,
  unpackDigests,
} from './digest.ts';
export type { Digest, DigestDomain, Digester } from './digest.ts';
export { loadFingerprinter } from './fingerprint.ts';
export type { Fingerprint, Fingerprinter } from './fingerprint.ts';
export { encode } from './encode.ts';
export type { EncodeOptions, ReferenceEncoder } from './encode.ts';
export { decode } from './decode.ts';
export type { DecodeOptions } from './value-reader.ts';
export { Encoded } from './encoded.ts';
export { EncodingError } from './encoding-error.ts';
export { DecodingError } from './decoding-error.ts';
export { defineCodec, registeredCodecs } from './codec.ts';
export type { Class, Codec, CodecData } from './codec.ts';
export { REFERENCE } from './reference.ts';
export type {
  DirEntry,
  DirReference,
  FileReference,
  Reference,
  TaskReference,
} from './reference.ts';
export { fileReference } from './file.ts';
export { comparePaths, dirReference, unsafePath } from './dir.ts';
export { UnsafePathError } from './unsafe-path.ts';
export { partDigest, partPath, partsIn } from './parts-in.ts';
export type { Part, PartsWanted } from './parts-in.ts';
export { referencesIn } from './references-in.ts';
export { inputDigest, inputsDigest, OMITTED } from './inputs.ts';
export type { JsonValue } from './json.ts';
export { toJson } from './to-json.ts';
export type { ToJsonOptions } from './to-json.ts';
export { fromJson } from './from-json.ts';
export type { FromJsonOptions, JsonPath } from './from-json.ts';
