import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { digestOf, encode } from '@skein/values';
import type { ActionKey } from '@skein/model';
import type { DepotOptions } from '../src/depot.ts';
import type { Depot } from '../src/depot.ts';
import type { ObjectStore } from '../src/objects.ts';
import { openDepot } from '../src/open-depot.ts';
import { parseScope, rightsOf } from '../src/scope.ts';
import type { NewEntry, Rights, SharedEntry, SharedStore } from '../src/shared-store.ts';

/** A clock that a test sets. */
export class SetClock {
  at: number;

  constructor(at = Date.now()) {
    this.at = at;
  }

  readonly now = (): number => this.at;
  readonly elapsed = (): number => this.at;
}

export const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };

export function depotOver(
  objects: ObjectStore,
  options: Partial<DepotOptions> & { readonly clock: SetClock },
): Depot {
  return openDepot(objects, { randomness, ...options });
}

/** A token, and the rights that its text gives. */
export async function tokenFor(
  depot: Depot,
  scope: string,
  mode = 'read-write',
): Promise<{ readonly text: string; readonly id: string; readonly rights: Rights }> {
  const name = `t${randomness.hex(4)}`;
  const created = await depot.tokens.create({ scope, mode, name });
  if (!created.ok) throw new Error(created.failure.headline);
  const { text, record } = created.value;
  const rights = await depot.tokens.authenticate(text);
  if (rights === undefined) throw new Error('a token that was just made is not valid');
  return { text, id: record.id, rights };
}

/** Rights that need no token. */
export function rightsFor(scope: string, mode: Rights['mode'] = 'read-write'): Rights {
  const parsed = parseScope(scope);
  if (parsed === undefined) throw new Error(`"${scope}" is no scope`);
  return rightsOf(parsed, mode, 'someone');
}

export function keyNamed(name: string): ActionKey {
  return digestOf('key', name) as ActionKey;
}

export function idNamed(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** A raw public key: the depot never uses it as one. */
export function publicKeyNamed(name: string): Uint8Array {
  return createHash('sha256').update(`key ${name}`).digest();
}

/** An entry as the depot looks at it: the form, and the key of the writer. */
export function entryOf(
  key: string,
  content: string,
  { writer, id = 'id' }: { readonly writer?: Uint8Array | undefined; readonly id?: string } = {},
): NewEntry {
  const signature = writer === undefined ? null : new Uint8Array(64);
  const bytes = encode([1, Buffer.from(content), writer ?? null, signature]);
  return { key: keyNamed(key), id: idNamed(id), bytes };
}

export async function foundBy(store: SharedStore, ...keys: string[]): Promise<SharedEntry[]> {
  const found: SharedEntry[] = [];
  for await (const entry of store.find(keys.map(keyNamed))) found.push(entry);
  return found;
}

/** Scope and content of what is found. */
export async function contentsOf(store: SharedStore, ...keys: string[]): Promise<string[]> {
  const found = await foundBy(store, ...keys);
  return found.map(({ scope, bytes }) => {
    const content = Buffer.from(bytes).toString('latin1');
    return `${scope}: ${/<[^>]*>/.exec(content)?.[0] ?? ''}`;
  });
}

export function streamOf(content: Uint8Array | string): Readable {
  return Readable.from([Buffer.from(content)]);
}

export async function textOfStream(stream: Readable | undefined): Promise<string | undefined> {
  if (stream === undefined) return undefined;
  return Buffer.concat(await stream.toArray()).toString();
}
