import { Dir, File } from '@skein/sdk';
import { REFERENCE, type Reference } from '@skein/values';

/** A file or folder of a result, and where it lies. */
export interface LocatedFile {
  readonly name: string;
  readonly path: string;
}

/** By name and content: one content may have several names, and a path for each. */
export type LocatedFiles = ReadonlyMap<string, LocatedFile>;

/** Fetches what a result names, so that whoever reads the result can open it. */
export async function locateFiles(result: unknown): Promise<LocatedFiles> {
  const located = new Map<string, LocatedFile>();
  for (const found of filesIn(result)) {
    const key = keyOf(found[REFERENCE]());
    if (located.has(key)) continue;
    const path = await fetchPath(found);
    const name = found instanceof File ? found.name : 'folder';
    if (path !== undefined) located.set(key, { name, path });
  }
  return located;
}

export function locateIn(files: LocatedFiles): (reference: Reference) => string | undefined {
  return (reference) => files.get(keyOf(reference))?.path;
}

/** Each file and folder below a value, which has no cycles, since it has been encoded. */
function* filesIn(result: unknown): Generator<File | Dir> {
  const stack = [result];
  while (stack.length > 0) {
    const value = stack.pop();
    if (value instanceof File || value instanceof Dir) yield value;
    else if (value instanceof Map) stack.push(...[...value].flat().toReversed());
    else if (value instanceof Set) stack.push(...[...value].toReversed());
    else if (Array.isArray(value)) for (const part of value.toReversed()) stack.push(part);
    else if (isRecord(value)) stack.push(...Object.values(value).toReversed());
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function keyOf(reference: Reference): string {
  if (reference.kind === 'task') return reference.id;
  return reference.kind === 'file' ? `${reference.digest} ${reference.name}` : reference.digest;
}

/** Bytes that cannot be fetched do not spoil the answer: the result itself is there. */
async function fetchPath(found: File | Dir): Promise<string | undefined> {
  try {
    return await found.path();
  } catch {
    return undefined;
  }
}
