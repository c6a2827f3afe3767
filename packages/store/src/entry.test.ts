import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GOLDEN_CONTENTS, GOLDEN_WRITER } from '../test/golden-entry.ts';
import { TRUSTED_SCOPE, believing, contentOf } from '../test/writers.ts';
import { traceOf } from '../test/sample.ts';
import { blobsOf, encodeEntry, entryId, writerOf } from './entry.ts';
import { readEntry } from './entry-read.ts';

const golden = readFileSync(new URL('../golden/entry-v1.hex', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((entry) => Buffer.from(entry, 'hex'));

test('entries of format 1 read as they did when they were written', async () => {
  const belief = believing([[GOLDEN_WRITER, TRUSTED_SCOPE]]);
  expect(golden.length).toBe(GOLDEN_CONTENTS.length);
  for (const [index, bytes] of golden.entries()) {
    const content = GOLDEN_CONTENTS[index] ?? contentOf(traceOf('none'));
    const { key } = content.trace;
    const id = entryId(content.trace);
    const reading = await readEntry({ key, id, scope: TRUSTED_SCOPE, bytes }, belief);
    const { inputs, log, provenance } = content;
    const origin = { ...provenance, writer: GOLDEN_WRITER.name };
    const trace = { ...content.trace, origin };
    expect(reading).toEqual({
      ok: true,
      entry: { id, scope: TRUSTED_SCOPE, provenance: origin, trace, inputs, log },
    });
  }
});

test('format 1 is still what is written, and signing gives the same bytes each time', async () => {
  for (const [index, content] of GOLDEN_CONTENTS.entries()) {
    const bytes = Buffer.from(await encodeEntry(content, GOLDEN_WRITER));
    expect(golden[index]?.equals(bytes)).toBe(true);
    expect(writerOf(bytes)).toBe(GOLDEN_WRITER.name);
  }
});

test('an entry without a signature has no writer', async () => {
  expect(writerOf(await encodeEntry(contentOf(traceOf('a')), undefined))).toBeNull();
});

test('the blobs of an entry are all that its trace, inputs and log need', () => {
  const [, whole] = GOLDEN_CONTENTS;
  const blob = whole?.inputs?.pack?.blob;
  expect(whole && blobsOf(whole)).toEqual(new Set([blob]));
  expect(blobsOf(contentOf(traceOf('a')))).toEqual(new Set());
});
