import { dirEntryBytes } from './dir.ts';
import { digestHex } from './digest.ts';
import { Refusal } from './encoding-error.ts';
import { checkedFile } from './file.ts';
import { REFERENCE } from './reference.ts';
import type { DirReference, FileReference, Reference } from './reference.ts';
import { ARRAY, TAG_DIR, TAG_FILE, TAG_TASK } from './tags.ts';
import { UnsafePathError } from './unsafe-path.ts';
import type { ByteWriter } from './writer.ts';

/** The reference an object or function carries under `REFERENCE`. */
export function referenceOf(value: object): unknown {
  const carried: unknown = Reflect.get(value, REFERENCE);
  return typeof carried === 'function' ? carried.call(value) : carried;
}

/** Writes a reference with its tag; refuses what is none. */
export function writeReference(out: ByteWriter, reference: unknown): void {
  if (!isReferenceLike(reference)) throw new Refusal('what it carries is no reference');
  try {
    if (reference.kind === 'file') writeFile(out, reference);
    else if (reference.kind === 'dir') writeDir(out, reference);
    else writeTask(out, reference.id);
  } catch (error) {
    if (error instanceof UnsafePathError) throw new Refusal(error.message, { cause: error });
    throw error;
  }
}

function writeFile(out: ByteWriter, reference: FileReference): void {
  const checked = checkedFile(reference);
  if (checked === undefined) {
    throw new Refusal('the size of the file is not that of its digest');
  }
  out.tag(TAG_FILE);
  out.head(ARRAY, 3);
  out.text(checked.name);
  out.hex(digestHex(checked.digest));
  out.number(checked.size);
}

function writeDir(out: ByteWriter, reference: DirReference): void {
  const bytes = dirEntryBytes(reference);
  if (bytes === undefined) throw new Refusal('the digest of the folder is not that of its entries');
  out.tag(TAG_DIR);
  out.append(bytes);
}

function writeTask(out: ByteWriter, id: unknown): void {
  if (typeof id !== 'string') throw new Refusal('the task has no id');
  out.tag(TAG_TASK);
  out.text(id);
}

function isReferenceLike(value: unknown): value is Reference {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'file' || value.kind === 'dir' || value.kind === 'task';
}
