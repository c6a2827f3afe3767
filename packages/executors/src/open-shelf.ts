import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packArtifact, readValue, unpackArtifact } from '@skein/artifact';
import { DiskBlobs } from '@skein/store';
import type { ArtifactShelf } from './artifact-shelf.ts';

/** The artifacts in the blob store of a state directory. */
export function openShelf(state: string): ArtifactShelf {
  const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };
  const blobs = new DiskBlobs(state, { randomness });
  return {} as ArtifactShelf;
}
