import type { KeyObject } from 'node:crypto';
import { decode, digestHex, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import { storePrefix, storeWaves } from '@skein/model';
import type { Provenance, Trace } from '@skein/model';
import { storeInputs, storeLogs } from './entry-parts.ts';
import type { EntryInputs, EntryLog } from './entry-parts.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, nameOfWriter, signContent } from './entry-writer.ts';
import type { Scope } from './shared-store.ts';
import { encodeTrace } from './stored-trace.ts';

/** Version of the form of entries. `docs/formats/remote.md` describes it. */
export const ENTRY_FORMAT = 1;

/** What an entry is made of. */
export interface EntryContent {
  readonly trace: Trace;
  readonly scope: Scope;
  readonly provenance: Provenance;
  /** `null`: not told; whoever needs them executes the caller (T5). */
  readonly inputs: EntryInputs | null;
  /** `null` where the trace depends on no log. */
  readonly log: EntryLog | null;
}

/** The halves of a writer's key. */
export interface WriterKey {
  readonly privateKey: KeyObject;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the raw public key, 64 hexadecimal digits. */
  readonly name: string;
}

/** An entry's four fields, before anything of it is believed. */
export interface Envelope {
  readonly content: Uint8Array;
  /** Absent: it is not signed. */
  readonly signed?: { readonly publicKey: Uint8Array; readonly signature: Uint8Array };
}

/**
 * Names what a trace observed: task, waves and log, neither the outcome nor when it was made. So a
 * key has one entry for each of the worlds it was executed in. 64 hexadecimal digits.
 */
export function entryId({ task, waves, log }: Pick<Trace, 'task' | 'waves' | 'log'>): string {
  return digestHex(digestOf('trace', encode([task, storeWaves(waves), storePrefix(log)])));
}

/** An entry's bytes, signed where a key is given: `[1, content, publicKey, signature]`. */
export async function encodeEntry(
  content: EntryContent,
  key: WriterKey | undefined,
): Promise<Uint8Array> {
  const bytes = encodeContent(content, key?.name);
  if (key === undefined) return encode([ENTRY_FORMAT, bytes, null, null]);
  const signature = await signContent(bytes, key.privateKey);
  return encode([ENTRY_FORMAT, bytes, key.publicKey, new Uint8Array(signature)]);
}

/** The outer form alone; `undefined` for bytes that are no entry. Costs next to nothing. */
export function openEntry(bytes: Uint8Array): Envelope | undefined {
  let fields: unknown;
  try {
    fields = decode(bytes, { codecs: [], views: true });
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields) || fields.length !== 4 || fields[0] !== ENTRY_FORMAT) return undefined;
  const [, content, publicKey, signature] = fields as readonly unknown[];
  if (!(content instanceof Uint8Array)) return undefined;
  if (publicKey === null && signature === null) return { content };
  if (!(publicKey instanceof Uint8Array) || !(signature instanceof Uint8Array)) return undefined;
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES) return undefined;
  if (signature.byteLength !== SIGNATURE_BYTES) return undefined;
  return { content, signed: { publicKey, signature } };
}

/**
 * The name of the key that an entry says it is signed with, which is not verified; `null` where it
 * is not signed, `undefined` for bytes that are no entry.
 */
export function writerOf(bytes: Uint8Array): string | null | undefined {
  const envelope = openEntry(bytes);
  if (envelope === undefined) return undefined;
  return envelope.signed === undefined ? null : nameOfWriter(envelope.signed.publicKey);
}

function encodeContent(content: EntryContent, writer: string | undefined): Uint8Array {
  const { trace, scope, inputs, log } = content;
  const { origin: _, ...made } = trace;
  return encode([
    trace.key,
    entryId(trace),
    scope,
    storedProvenance({ ...content.provenance, scope }, writer),
    encodeTrace(made),
    inputs === null ? null : storeInputs(inputs),
    log === null ? null : storeLogs(log),
  ]);
}

/** The writer is whoever signs, whatever the provenance says. */
function storedProvenance(told: Provenance, writer: string | undefined): Provenance {
  const { writer: _, ...provenance } = told;
  return writer === undefined ? provenance : { writer, ...provenance };
}

/** All blobs that an entry needs: its artifact, its inputs, its log. */
export function blobsOf({
  trace,
  inputs,
  log,
}: Pick<EntryContent, 'trace' | 'inputs' | 'log'>): Set<Digest> {
  const blobs = new Set<Digest>();
  const { outcome } = trace;
  if (outcome.kind === 'result') {
    if (outcome.artifact !== undefined) blobs.add(outcome.artifact);
    if (outcome.value.at === 'artifact') blobs.add(outcome.value.artifact);
  }
  if (inputs !== null) {
    if (inputs.pack !== null) blobs.add(inputs.pack.blob);
    for (const { blob } of inputs.large) blobs.add(blob);
    for (const { artifact } of inputs.files) blobs.add(artifact);
  }
  for (const segment of log?.segments ?? []) blobs.add(segment);
  if (log !== null && log.tail.at === 'blob') blobs.add(log.tail.blob);
  return blobs;
}
