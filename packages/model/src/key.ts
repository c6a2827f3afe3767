import type { Digest } from '@skein/values';
import type { Platform } from './platform.ts';
import type { TaskId } from './task.ts';

/** Digest of a key manifest. */
export type ActionKey = Digest & { readonly __key: true };

/** One input of an action as the key sees it. `ignored` inputs are listed, not hashed. */
export interface KeyInput {
  readonly name: string;
  readonly digest: Digest;
  readonly ignored: boolean;
}

/** The ordered list of everything a key covers (Q5). */
export interface KeyManifest {
  readonly format: 1;
  readonly task: TaskId;
  readonly code:
    | { readonly kind: 'digest'; readonly digest: Digest }
    | { readonly kind: 'version'; readonly version: string };
  readonly inputs: readonly KeyInput[];
  readonly salt?: string;
  /** Declared variables with the digest of their value; `null`: not set. */
  readonly variables: readonly { readonly name: string; readonly digest: Digest | null }[];
  readonly platform: Platform;
  /** A command task's program on this machine; `null`: it was not found. */
  readonly program?: { readonly name: string; readonly digest: Digest | null };
}
