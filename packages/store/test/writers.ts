import { generateKeyPairSync } from 'node:crypto';
import type { Provenance, Trace } from '@skein/model';
import { type EntryContent, type WriterKey, encodeEntry, entryId } from '../src/entry.ts';
import { type Belief, beliefOf } from '../src/entry-read.ts';
import { nameOfWriter, rawPublicKey } from '../src/entry-writer.ts';
import type { Greeting, Scope, SharedEntry } from '../src/shared-store.ts';

export const TRUSTED_SCOPE = 'trusted' as Scope;
export const PR_SCOPE = 'pr/7' as Scope;

/** A writer's key of the test's own. */
export function newWriter(): WriterKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(privateKey) ?? new Uint8Array();
  return { privateKey, publicKey, name: nameOfWriter(publicKey) };
}

export function greetingOf(more: Partial<Greeting> = {}): Greeting {
  return {
    format: 1,
    scope: TRUSTED_SCOPE,
    mode: 'read-write',
    reads: [TRUSTED_SCOPE],
    writers: [],
    revoked: [],
    unsigned: false,
    limits: { keys: 2_000, batchBytes: 1 << 23, entryBytes: 1 << 22, blobBytes: 1 << 30 },
    ...more,
  };
}

/** Believes these writers, in the scope each was registered under. */
export function believing(
  writers: readonly (readonly [WriterKey, Scope])[],
  more: Partial<Greeting> = {},
): Belief {
  const registered = writers.map(([{ publicKey }, scope]) => ({ publicKey, scope, token: 'ab' }));
  return beliefOf(greetingOf({ writers: registered, ...more }));
}

export const PROVENANCE: Provenance = {
  scope: 'trusted',
  skein: '1.2.3',
  user: 'ada',
  host: 'engine',
  commit: 'c0ffee',
  ref: 'main',
  ci: 'https://ci.example.com/runs/7',
  at: Date.UTC(2026, 10, 24),
};

export function contentOf(trace: Trace, more: Partial<EntryContent> = {}): EntryContent {
  return {
    trace,
    scope: TRUSTED_SCOPE,
    provenance: PROVENANCE,
    inputs: null,
    log: trace.log === null ? null : { segments: [], tail: { at: 'entry', chunks: [] } },
    ...more,
  };
}

/** As a store gives it to whoever asked for the trace's key. */
export async function sharedEntry(
  content: EntryContent,
  key: WriterKey | undefined,
  more: Partial<SharedEntry> = {},
): Promise<SharedEntry> {
  return {
    key: content.trace.key,
    id: entryId(content.trace),
    scope: content.scope,
    bytes: await encodeEntry(content, key),
    ...more,
  };
}
