export type {
  Maker,
  PendingShare,
  Remote,
  RemoteOptions,
  RemoteSummary,
  Settling,
} from './remote.ts';
export type { Unshared } from './why-unshared.ts';
export { HttpShare, jsonBody } from './http-share.ts';
export type { HttpShareOptions } from './http-share.ts';
export type { HttpCall, HttpPatience } from './http-call.ts';
export { systemTimers } from './timers.ts';
export type { Timers } from './timers.ts';
export { Traffic } from './traffic.ts';
export type { MeteredShare } from './traffic.ts';
export { openRemote } from './open-remote.ts';
export { outsideOf, whyUnshared } from './why-unshared.ts';
export { freshKey, openWriterKey, writerKeyOf } from './writer-key.ts';
export type { WriterKeyOptions } from './writer-key.ts';
export { provenanceOf } from './provenance.ts';
export type { MakerFacts } from './provenance.ts';
export { BucketShare } from './bucket-share.ts';
