import { digestSize, isDigest } from './digest.ts';
import type { Digest } from './digest.ts';
import { markReference } from './reference.ts';
import type { FileReference } from './reference.ts';
import { UnsafePathError } from './unsafe-path.ts';

/**
 * A reference to the file `name` with the content that `digest` (of domain `blob`) names.
 * Throws `UnsafePathError` where the name is not that of a file.
 */
export function fileReference({ name, digest }: { name: string; digest: Digest }): FileReference {
  const reason = unsafeName(name);
  if (reason !== undefined) throw new UnsafePathError(name, reason);
  if (!isDigest(digest)) throw new UnsafePathError(name, 'it comes without a digest');
  return markReference({ kind: 'file', name, size: digestSize(digest), digest });
}

function unsafeName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'not a string';
  if (name === '' || name === '.' || name === '..') return 'not the name of a file';
  if (/[/\\\0]/.test(name)) return 'a name holds no slash, backslash or zero byte';
  return name.isWellFormed() ? undefined : 'a name is well-formed text';
}
