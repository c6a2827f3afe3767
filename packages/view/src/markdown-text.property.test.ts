import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownBlock, markdownCode, markdownTable } from './markdown-text.ts';

/** What has a meaning somewhere, among anything. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('`', '```', '|', '\\', '\n', '\r', '<', '>', '&', '#', '@', '$', '::', '~~~'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('whatever is in a cell, the table has its rows and columns', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (texts) => {
      const lines = markdownTable(
        ['a', 'b'],
        texts.map((text) => [markdownCode(text), 'x']),
      );
      const rows = lines.split(/[\n\r\u2028\u2029]/);
      expect(rows).toHaveLength(texts.length + 2);
      for (const row of rows) expect(row.split('|')).toHaveLength(4);
    }),
  );
});

test('whatever is in a block, it ends where it ends', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const lines = markdownBlock(text).split(/[\n\r\u2028\u2029]/);
      const fence = lines.at(-1) ?? '';
      expect(fence).toMatch(/^`{3,}$/);
      expect(lines[0]).toBe(`${fence}text`);
      expect(lines.slice(1, -1).filter((line) => line.trim().startsWith(fence))).toEqual([]);
    }),
  );
});
