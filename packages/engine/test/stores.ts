import { MemoryBlobs, MemoryTraces } from '@skein/store';

/** A state in which nothing is known yet. */
export function stores(): { readonly traces: MemoryTraces; readonly blobs: MemoryBlobs } {
  return { traces: new MemoryTraces(), blobs: new MemoryBlobs() };
}
