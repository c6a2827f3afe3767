import { reviveReference } from '@skein/sdk';
import type { Registry } from '@skein/sdk';
import { decode } from '@skein/values';

/** Copies of the arguments (V4); an omitted one is `undefined`, so that its default applies. */
export function decodeArgs(
  args: readonly (Uint8Array | null)[],
  registry: Registry,
): readonly unknown[] {
  return args.map((bytes) => (bytes === null ? undefined : decodeValue(bytes, registry)));
}

/** A value with its files, folders and tasks as the SDK's objects. */
export function decodeValue(bytes: Uint8Array, registry: Registry): unknown {
  return decode(bytes, { revive: (reference) => reviveReference(reference, registry) });
}
