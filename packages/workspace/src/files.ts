import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackArtifact } from '@skein/artifact';
import { reach } from '@skein/model';
import { type FileStore, createFileStore } from '@skein/sdk';
import type { Digest } from '@skein/values';
import type { State } from './state.ts';

/** Files of recorded values, read from the state; what is missing comes from its artifact. */
export function openFiles(state: State): FileStore {
  const files: FileStore = createFileStore(join(state.path, 'files'), {
    fetch: (digest) => fetchFrom(state, files, digest),
  });
  return files;
}

/** Whether a file can be opened: it is loose, or its artifact is here, or could be brought. */
export async function holdsFile(
  { state, files }: { readonly state: State; readonly files: FileStore },
  file: Digest,
): Promise<boolean> {
  if (await files.has(file)) return true;
  const artifact = state.traces.artifactOf(file);
  return artifact !== undefined && state.blobs.bring(artifact);
}

async function fetchFrom(state: State, files: FileStore, digest: Digest): Promise<boolean> {
  const artifact = state.traces.artifactOf(digest);
  const path = artifact === undefined ? undefined : await state.blobs.path(artifact);
  if (path === undefined) return false;
  const temporary = join(state.path, 'tmp');
  await mkdir(temporary, { recursive: true });
  const staging = await mkdtemp(join(temporary, 'unpack-'));
  try {
    const unpacked = await unpackArtifact(path, { files: [digest], into: staging });
    const file = unpacked.ok ? unpacked.value.get(digest) : undefined;
    if (file === undefined) return false;
    reach('artifact-unpacked');
    await files.putPath(file);
    return true;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
