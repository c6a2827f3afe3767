import { join } from 'node:path';
import { unpackArtifact } from '@skein/artifact';
import { type FileStore, createFileStore } from '@skein/sdk';
import type { State } from './state.ts';

/** Files of recorded values, read from the state; what is missing comes from its artifact. */
export function openFiles(state: State): FileStore {
  const folder = join(state.path, 'files');
  const files: FileStore = createFileStore(folder, {
    fetch: async (digest) => {
      const artifact = state.traces.artifactOf(digest);
      const path = artifact === undefined ? undefined : await state.blobs.path(artifact);
      if (path === undefined) return false;
      const into = join(state.path, 'tmp');
      const unpacked = await unpackArtifact(path, { files: [digest], into });
      if (!unpacked.ok) return false;
      const file = unpacked.value.files.get(digest);
      if (file !== undefined) await files.putPath(file);
      return file !== undefined;
    },
  });
  return files;
}
