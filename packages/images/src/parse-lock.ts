import type { ImageLock, LockedPlatform, LockedRecipe } from './lock.ts';
import { LOCK_VERSION } from './lock.ts';
import { isImageDigest, parseReference } from './reference.ts';
import { usableNode } from './usable-node.ts';

/** What is wrong with the text, and what to do about it. */
export interface LockFault {
  readonly problem: string;
  readonly hint?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const CONFLICT = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/m;
const PLATFORM = /^[a-z0-9]{1,32}\/[a-z0-9]{1,32}(?:\/[a-z0-9]{1,32})?$/;
const HAND = 'repair it, or take it back from version control';

class Fault extends Error {
  readonly fault: LockFault;
  constructor(problem: string, hint: string = HAND) {
    super(problem);
    this.fault = { problem, hint };
  }
}

/** Strict: whatever is not understood could be what decides, and is a fault. */
export function parseLock(text: string): ImageLock | LockFault {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  }
}

export function isLockFault(lock: ImageLock | LockFault): lock is LockFault {
  return 'problem' in lock;
}

function read(text: string): ImageLock {
  const marker = CONFLICT.exec(text);
  if (marker !== null) {
    const line = text.slice(0, marker.index).split('\n').length;
    throw new Fault(
      `line ${line} is a marker of a merge conflict`,
      'keep either side of each conflict; what is then missing is resolved by the next run',
    );
  }
  const data = parsed(text);
  const version = data['version'];
  if (typeof version === 'number' && version > LOCK_VERSION) {
    throw new Fault(`version ${version}, known is ${LOCK_VERSION}`, 'use a newer Skein');
  }
  if (version !== LOCK_VERSION) throw new Fault(`"version" has to be ${LOCK_VERSION}`);
  only(data, ['version', 'images', 'recipes'], 'the file');
  return {
    images: entriesOf(data['images'], 'images', { text, read: readPlatforms }),
    recipes: entriesOf(data['recipes'], 'recipes', { text, read: readRecipe }),
  };
}

interface Reading<T> {
  readonly text: string;
  readonly read: (key: string, fields: Fields) => T;
}

function entriesOf<T>(value: unknown, at: string, { text, read }: Reading<T>): Map<string, T> {
  if (value === undefined) return new Map();
  const entries = Object.entries(fieldsOf(value, `"${at}"`));
  return new Map(
    entries.map(([key, entry]) => {
      // JSON takes the last of two silently; a merge of two branches may leave both.
      if (text.split(`${JSON.stringify(key)}:`).length > 2) {
        throw new Fault(`"${key}" stands in it twice`, 'keep one of the two');
      }
      return [key, read(key, fieldsOf(entry, `"${key}"`))];
    }),
  );
}

function readPlatforms(key: string, fields: Fields): ReadonlyMap<string, LockedPlatform> {
  if (parseReference(key) === undefined) throw new Fault(`"${key}" is no reference of an image`);
  const platforms = Object.entries(fields);
  if (platforms.length === 0) throw new Fault(`"${key}" has no platform`);
  return new Map(
    platforms.map(([platform, value]) => {
      const where = `"${key}" on "${platform}"`;
      if (!PLATFORM.test(platform)) throw new Fault(`${where}: this is no platform`);
      const entry = fieldsOf(value, where);
      only(entry, ['digest', 'node'], where);
      return [platform, { digest: digestIn(entry, where), ...nodeIn(entry, where) }];
    }),
  );
}

function readRecipe(key: string, fields: Fields): LockedRecipe {
  const where = `"${key}"`;
  if (!isImageDigest(key)) throw new Fault(`${where} is no digest of a recipe`);
  only(fields, ['name', 'platform', 'reference', 'digest', 'node'], where);
  const { name, platform, reference } = fields;
  if (name !== undefined && typeof name !== 'string')
    throw new Fault(`${where}: "name" is no text`);
  if (typeof platform !== 'string' || !PLATFORM.test(platform)) {
    throw new Fault(`${where}: "platform" is none`);
  }
  if (typeof reference !== 'string' || parseReference(reference) === undefined) {
    throw new Fault(`${where}: "reference" is none`);
  }
  const named = name === undefined ? {} : { name };
  const digest = digestIn(fields, where);
  return { ...named, platform, reference, digest, ...nodeIn(fields, where) };
}

function digestIn(fields: Fields, where: string): string {
  const { digest } = fields;
  if (isImageDigest(digest)) return digest;
  throw new Fault(`${where}: "digest" is not "sha256:" and 64 lower-case digits`);
}

function nodeIn(fields: Fields, where: string): { readonly node?: string } {
  const { node } = fields;
  if (node === undefined) return {};
  if (typeof node !== 'string' || usableNode(node) !== node) {
    throw new Fault(`${where}: "node" is no version that workers run on`);
  }
  return { node };
}

function only(fields: Fields, known: readonly string[], where: string): void {
  const strange = Object.keys(fields).find((name) => !known.includes(name));
  if (strange !== undefined) throw new Fault(`${where} has a field "${strange}"`);
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Fault(`${where} is no object`);
}

function parsed(text: string): Fields {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Fault(error instanceof Error ? error.message : 'no JSON');
  }
  return fieldsOf(data, 'the file');
}
