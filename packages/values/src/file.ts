import { digestSize, isDigest } from './digest.ts';
import type { Digest } from './digest.ts';
import { markReference } from './reference.ts';
import type { FileReference } from './reference.ts';
import { UnsafePathError } from './unsafe-path.ts';

/** References made here, so that `encode` need not check them again. */
const made = new WeakSet<FileReference>();

/**
 * A reference to the file `name` with the content that `digest` (of domain `blob`) names.
 * Throws `UnsafePathError` where the name is not that of a file.
 */
export function fileReference({ name, digest }: { name: string; digest: Digest }): FileReference {
  const reason = unsafeName(name);
  if (reason !== undefined) throw new UnsafePathError(name, reason);
  if (!isDigest(digest)) throw new UnsafePathError(name, 'it comes without a digest');
  const reference = markReference<FileReference>({
    kind: 'file',
    name,
    size: digestSize(digest),
    digest,
  });
  made.add(reference);
  return reference;
}

/** The reference, made anew if it was not made here; `undefined` where its size is not its own. */
export function checkedFile(reference: FileReference): FileReference | undefined {
  if (made.has(reference)) return reference;
  const checked = fileReference(reference);
  return checked.size === reference.size ? checked : undefined;
}

function unsafeName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'not a string';
  if (name === '' || name === '.' || name === '..') return 'not the name of a file';
  if (/[/\\\0]/.test(name)) return 'a name holds no slash, backslash or zero byte';
  return name.isWellFormed() ? undefined : 'a name is well-formed text';
}
