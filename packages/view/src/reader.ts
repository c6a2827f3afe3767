import type { RunState } from '@skein/journal';
import type { Digest } from '@skein/values';
import type { Reader } from './recorded.ts';

/**
 * A reader of one run. Each value is recorded once: an input that another action had too, or that
 * is the result of one, is found there.
 */
export function readerOf({ actions }: RunState, value: Reader['value']): Reader {
  let known: ReadonlyMap<Digest, Uint8Array> | undefined;
  const index = (): ReadonlyMap<Digest, Uint8Array> => {
    const found = new Map<Digest, Uint8Array>();
    for (const { inputs, outcome } of actions.values()) {
      for (const { digest, bytes } of inputs) if (bytes !== undefined) found.set(digest, bytes);
      if (outcome?.kind === 'result' && outcome.value.at === 'inline') {
        found.set(outcome.digest, outcome.value.bytes);
      }
    }
    return found;
  };
  return {
    value,
    bytes: (digest) => {
      known ??= index();
      return known.get(digest);
    },
  };
}
