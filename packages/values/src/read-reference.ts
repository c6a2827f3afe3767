import { comparePaths, dirReference } from './dir.ts';
import { digestFrom, digestSize } from './digest.ts';
import type { Digest } from './digest.ts';
import { fileReference } from './file.ts';
import type { ByteReader } from './reader.ts';
import { markReference } from './reference.ts';
import type { DirEntry, Reference } from './reference.ts';
import { ARRAY, FALSE, TAG_DIR, TAG_FILE, TAG_TASK, TRUE, UNSIGNED } from './tags.ts';

const SHA256_BYTES = 32;

/** The reference after its tag; `undefined` if the tag is that of no reference. */
export function readReference(from: ByteReader, tag: number): Reference | undefined {
  if (tag === TAG_FILE) return readFile(from);
  if (tag === TAG_DIR) return readDir(from);
  return tag === TAG_TASK ? markReference({ kind: 'task', id: from.string() }) : undefined;
}

function readFile(from: ByteReader): Reference {
  from.exactly(ARRAY, 3);
  const name = from.string();
  return fileReference({ name, digest: readDigest(from) });
}

function readDir(from: ByteReader): Reference {
  const at = from.position;
  const initial = from.byte();
  if ((initial & 0xe0) !== ARRAY) from.fail('the entries of a folder are due', at);
  const count = from.count(initial, SHA256_BYTES);
  const entries: DirEntry[] = [];
  let last: string | undefined;
  for (let index = 0; index < count; index++) {
    const entryAt = from.position;
    from.exactly(ARRAY, 4);
    const path = from.string();
    const digest = readDigest(from);
    const executable = from.byte();
    if (executable !== TRUE && executable !== FALSE) from.fail('a boolean is due');
    if (last !== undefined && comparePaths(last, path) >= 0) {
      from.fail('the entries of a folder are not in order', entryAt);
    }
    last = path;
    const size = digestSize(digest);
    entries.push({ path, size, digest, executable: executable === TRUE });
  }
  return dirReference(entries);
}

function readDigest(from: ByteReader): Digest {
  const hex = from.hex(SHA256_BYTES);
  return digestFrom(hex, from.head(UNSIGNED));
}
