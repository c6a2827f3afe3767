import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packArtifact, readValue, unpackArtifact } from '@skein/artifact';
import { FailureError, reach } from '@skein/model';
import { DiskBlobs } from '@skein/store';
import type { WritableShelf } from './artifact-shelf.ts';

/** The artifacts in the blob store of a state directory; `sync`: D2, for power cuts. */
export function openShelf(state: string, sync = false): WritableShelf {
  const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };
  const blobs = new DiskBlobs(state, { randomness, sync: () => sync });
  const temporary = join(state, 'tmp');
  return {
    pack: async ({ value, contents }) => {
      await mkdir(temporary, { recursive: true });
      const content = { files: contents, ...(value !== undefined && { value }) };
      const packed = await packArtifact(content, temporary);
      if (!packed.ok) throw new FailureError(packed.failure);
      reach('artifact-packed');
      return await blobs.putFile(packed.value.path, 'move');
    },
    keep: (path) => blobs.putFile(path, 'copy'),
    read: async (artifact, digest) => {
      const path = await blobs.path(artifact);
      const value = path === undefined ? undefined : await readValue(path, digest);
      return value?.ok === true ? value.value : undefined;
    },
    take: async (artifact, file, put) => {
      const path = await blobs.path(artifact);
      if (path === undefined) return false;
      await mkdir(temporary, { recursive: true });
      const into = await mkdtemp(join(temporary, 'take-'));
      try {
        const unpacked = await unpackArtifact(path, { files: [file], into });
        const found = unpacked.ok ? unpacked.value.get(file) : undefined;
        reach('artifact-unpacked');
        if (found !== undefined) await put(found);
        return found !== undefined;
      } finally {
        await rm(into, { recursive: true, force: true });
      }
    },
  };
}
