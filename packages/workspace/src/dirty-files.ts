import { realpathSync } from 'node:fs';
import { posix, relative } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { Git, type GitEntry, type GitPlace } from './git.ts';

/** A file of a run's code, by the bytes that were analysed. */
export interface CodeFile {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  readonly source: Digest;
}

export interface DirtyRequest {
  /** `folder` is the workspace root. */
  readonly place: GitPlace;
  readonly commit: string;
  readonly files: readonly CodeFile[];
}

/** More paths than these are not listed on a command line. */
const NAMED_PATHS = 500;

/**
 * Which files differ from a commit, or are not in it, sorted. What was analysed is compared, not
 * what lies there by now: whoever edits while the run goes on changes nothing about the answer.
 * `undefined`: git does not say.
 */
export async function dirtyFiles(request: DirtyRequest): Promise<readonly string[] | undefined> {
  const { place, commit, files } = request;
  const git = await Git.open(place);
  if (!git.ok) return undefined;
  const { top } = git.value;
  const prefix = relative(realpathSync(top), realpathSync(place.folder)).replaceAll('\\', '/');
  const named = new Map(files.map((file) => [posix.join(prefix, file.path), file]));
  const paths = [...named.keys()].filter((path) => !path.startsWith('../'));
  const listed = await git.value.entries(commit, paths.length > NAMED_PATHS ? [] : paths);
  if (!listed.ok) return undefined;
  const committed = listed.value.filter((entry) => named.has(entry.path) && isFile(entry));
  const clean = new Set<CodeFile>();
  const read = await git.value.contents(
    committed.map(({ object }) => object),
    (content, index) => {
      const file = named.get(committed[index]?.path ?? '');
      if (file !== undefined && isContent(file, content)) clean.add(file);
    },
  );
  if (!read.ok) return undefined;
  return files
    .filter((file) => !clean.has(file))
    .map(({ path }) => path)
    .toSorted();
}

function isFile({ mode }: GitEntry): boolean {
  return mode.startsWith('100');
}

/** Also where git writes other ends of lines into the working tree than into commits. */
function isContent({ source }: CodeFile, content: Buffer): boolean {
  if (digestOf('blob', content) === source) return true;
  const text = content.toString('latin1');
  if (text.includes('\r') || !text.includes('\n')) return false;
  return digestOf('blob', Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')) === source;
}
