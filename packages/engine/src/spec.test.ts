import { digestOf, encode, fileReference, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Trace } from '@skein/model';
import { INPUT_BLOB, MemoryBlobs } from '@skein/store';
import { expect, test } from 'vitest';
import { stores } from '../test/stores.ts';
import type { RunFrame } from './frame.ts';
import { LARGE_INPUT_BYTES, keepLargeInput, recallInputs, recalledInputs } from './spec.ts';

type Frame = Parameters<typeof recalledInputs>[0];

const content = digestOf('blob', 'what the file holds');
const value = encode(new Map([['file', fileReference({ name: 'a.txt', digest: content })]]));
const input = inputDigest(value);

/** A state that knows the input, with or without what its file holds. */
function knowing(holds: (file: Digest) => boolean, far?: Partial<RunFrame['far']>): Frame {
  const { traces, blobs } = stores();
  traces.rememberValue(input, value);
  return {
    traces,
    blobs,
    far: far as RunFrame['far'],
    holdsFile: (file) => Promise.resolve(holds(file)),
  };
}

const own = {} as Trace;
const learned = { origin: { scope: 'trusted' } } as Trace;

test('P4: an input whose file is gone is gone itself, whoever made the call', async () => {
  const known = knowing((file) => file === content);
  expect(await recalledInputs(known, [input], own)).toEqual([value]);
  const gone = knowing(() => false);
  expect(await recalledInputs(gone, [input], own)).toBeUndefined();
  expect(await recalledInputs(gone, [input], learned)).toBeUndefined();
});

test('D7 T5: a file that lies with others is brought, or its input is gone', async () => {
  let isHere = false;
  const bringing = (arrives: boolean): Frame =>
    knowing(() => isHere, {
      bringInputs: () => {
        isHere = arrives;
        return Promise.resolve(true);
      },
    });
  expect(await recalledInputs(bringing(false), [input], learned)).toBeUndefined();
  expect(await recalledInputs(bringing(true), [input], learned)).toEqual([value]);
});

test('P4: a large input is kept near, though others told where theirs lies', async () => {
  const { traces, blobs } = stores();
  const bytes = encode('x'.repeat(LARGE_INPUT_BYTES + 1));
  const digest = inputDigest(bytes);
  const theirs = await new MemoryBlobs().put(bytes);
  traces.keep(INPUT_BLOB, digest, Buffer.from(theirs, 'latin1'));
  await keepLargeInput({ traces, blobs, present: new Set() }, { digest, bytes });
  expect(await blobs.has(theirs)).toBe(true);
  expect(await recallInputs({ traces, blobs }, [digest])).toEqual([bytes]);
});
