import { decode, digestOf, isDigest } from '@skein/values';
import { StoredFormError, mustBytes, mustList, mustText } from '@skein/model';
import type { ActionKey, Provenance, Trace } from '@skein/model';
import { type EntryContent, entryId, openEntry } from './entry.ts';
import { readInputs, readLogs } from './entry-parts.ts';
import { implausible } from './entry-plausible.ts';
import { readProvenance } from './entry-provenance.ts';
import { isSignedBy, nameOfWriter } from './entry-writer.ts';
import type { Greeting, Scope, SharedEntry } from './shared-store.ts';
import { decodeTrace } from './stored-trace.ts';

/** Why an entry is not believed. Each is a miss, and counted. */
export type EntryRefusal =
  /** It is larger than entries may be. */
  | 'too-large'
  /** Its bytes are no entry of this format, or not what a writer writes. */
  | 'malformed'
  /** Nobody signed it, where that is not enough. */
  | 'unsigned'
  /** Its writer is not registered under its scope. */
  | 'unknown-writer'
  | 'revoked'
  | 'wrong-signature'
  /** It is of another key, of other observations, or of another scope than it was given as. */
  | 'other-key'
  | 'other-id'
  | 'other-scope'
  /** It is of a scope that is not read. */
  | 'scope-not-read'
  /** The bytes of its value are not those that its digest names. */
  | 'wrong-value'
  /** No execution leaves such a trace. */
  | 'implausible';

/** Whom a reader believes. */
export interface Belief {
  /** The scopes that are read. */
  readonly reads: ReadonlySet<Scope>;
  /** By the names of keys, the scopes under which they are registered; `any`: pinned by hand. */
  readonly writers: ReadonlyMap<string, ReadonlySet<Scope> | 'any'>;
  /** Names of keys. */
  readonly revoked: ReadonlySet<string>;
  /** Whether nobody's signature is needed. */
  readonly unsigned: boolean;
  readonly entryBytes: number;
}

/** An entry that is believed: the trace has its `origin`. */
export type Entry = EntryContent & { readonly id: string };

export type EntryReading =
  | { readonly ok: true; readonly entry: Entry }
  | { readonly ok: false; readonly refusal: EntryRefusal };

/**
 * Whom to believe after a greeting. Pinned keys, where there are any, are believed alone, in every
 * scope that is read, but for revoked ones.
 */
export function beliefOf(greeting: Greeting, pinned: readonly Uint8Array[] = []): Belief {
  const writers = new Map<string, Set<Scope> | 'any'>();
  for (const key of pinned) writers.set(nameOfWriter(key), 'any');
  for (const { publicKey, scope } of pinned.length > 0 ? [] : greeting.writers) {
    const name = nameOfWriter(publicKey);
    const scopes = writers.get(name);
    if (scopes === undefined) writers.set(name, new Set([scope]));
    else if (scopes !== 'any') scopes.add(scope);
  }
  return {
    reads: new Set(greeting.reads),
    writers,
    revoked: new Set(greeting.revoked),
    unsigned: greeting.unsigned && pinned.length === 0,
    entryBytes: greeting.limits.entryBytes,
  };
}

/**
 * Checks everything about an entry that was given as the answer to a key, what costs least first.
 * Nothing of it is looked at before its signature holds. Never rejects.
 */
export async function readEntry(given: SharedEntry, belief: Belief): Promise<EntryReading> {
  if (given.bytes.byteLength > belief.entryBytes) return refuse('too-large');
  const envelope = openEntry(given.bytes);
  if (envelope === undefined) return refuse('malformed');
  const { content, signed } = envelope;
  if (!belief.reads.has(given.scope)) return refuse('scope-not-read');
  let writer: string | undefined;
  if (signed === undefined) {
    if (!belief.unsigned) return refuse('unsigned');
  } else {
    writer = nameOfWriter(signed.publicKey);
    const why = whyNotBelieved(writer, given.scope, belief);
    if (why !== undefined) return refuse(why);
    const isSigned = await isSignedBy(content, signed.publicKey, signed.signature);
    if (!isSigned) return refuse('wrong-signature');
  }
  try {
    return readContent(content, given, writer);
  } catch (error) {
    if (error instanceof StoredFormError) return refuse('malformed');
    throw error;
  }
}

function whyNotBelieved(writer: string, scope: Scope, belief: Belief): EntryRefusal | undefined {
  if (belief.revoked.has(writer)) return 'revoked';
  const scopes = belief.writers.get(writer);
  if (scopes === 'any' || scopes?.has(scope) === true) return undefined;
  return belief.unsigned ? undefined : 'unknown-writer';
}

function readContent(
  content: Uint8Array,
  given: SharedEntry,
  writer: string | undefined,
): EntryReading {
  const fields = fieldsOf(content);
  const [key, id, scope, told, body, inputs, log] = fields;
  if (key !== given.key || !isDigest(key)) return refuse('other-key');
  if (scope !== given.scope) return refuse('other-scope');
  const provenance = readProvenance(told);
  if (provenance.scope !== scope || provenance.writer !== writer) return refuse('malformed');
  const trace = decodeTrace(given.key, mustBytes(body));
  if (trace === undefined) return refuse('malformed');
  if (mustText(id) !== given.id || entryId(trace) !== id) return refuse('other-id');
  if (implausible(trace) !== undefined) return refuse('implausible');
  if (!isValueWhole(trace)) return refuse('wrong-value');
  const entry: Entry = {
    id,
    scope: given.scope,
    provenance,
    trace: withOrigin(trace, given.key, provenance),
    inputs: readInputs(inputs),
    log: readLogs(log),
  };
  return (entry.log === null) === (trace.log === null)
    ? { ok: true, entry }
    : refuse('implausible');
}

/** Data alone: no class of an author's is made of what a stranger wrote. */
function fieldsOf(content: Uint8Array): readonly unknown[] {
  let fields: unknown;
  try {
    fields = decode(content, { codecs: [] });
  } catch (error) {
    throw new StoredFormError('no encoding', { cause: error });
  }
  const list = mustList(fields);
  if (list.length !== 7) throw new StoredFormError('not the fields of an entry');
  return list;
}

function withOrigin(trace: Trace, key: ActionKey, origin: Provenance): Trace {
  return { ...trace, key, origin };
}

function isValueWhole({ outcome }: Trace): boolean {
  if (outcome.kind === 'error' || outcome.value.at !== 'inline') return true;
  return digestOf('value', outcome.value.bytes) === outcome.digest;
}

function refuse(refusal: EntryRefusal): EntryReading {
  return { ok: false, refusal };
}
