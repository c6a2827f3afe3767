import { expect, test } from 'vitest';
import { markdownBlock, markdownCode, markdownTable, markdownText } from './markdown-text.ts';

test('plain words stay as they are', () => {
  expect(markdownText('12,003: 10 executed (2.5 s), src/main.ts; 97 %')).toBe(
    '12,003: 10 executed (2.5 s), src/main.ts; 97 %'.replaceAll(':', '&#58;'),
  );
  expect(markdownCode('train')).toBe('<code>train</code>');
  expect(markdownCode('')).toBe('');
});

test.each([
  ['a row of its own', 'a\n| b | c |'],
  ['a cell of its own', 'a | b'],
  ['an escaped bar', 'a \\| b'],
  ['a heading', '\n# heading'],
  ['HTML', '<script>alert(1)</script>'],
  ['an attribute', '" onmouseover="x'],
  ['a comment', '<!-- -->'],
  ['a picture', '![x](https://example.com/x.png)'],
  ['a link', '[x](javascript:alert(1))'],
  ['a link by itself', 'https://example.com www.example.com'],
  ['a mention', '@everyone'],
  ['an issue', '#1'],
  ['code', '`x` ``y``'],
  ['emphasis', '**x** __y__ ~~z~~'],
  ['a formula', '$x$ $$y$$'],
  ['an entity', '&lt;b&gt;'],
  ['a command of the runner', '::add-mask::x'],
  ['colours', '\u001b[31mred\u001b[0m'],
  ['another reading direction', 'a\u202eb'],
])('what would be %s is text', (_, hostile) => {
  const cell = markdownCode(hostile);
  const inner = cell.slice('<code>'.length, -'</code>'.length);
  // Entities alone are left of what has a meaning.
  expect(inner.replaceAll(/&#\d+;/g, '')).not.toMatch(/[&<>"'`*_~[\]{}#|\\!@:$^=\n\r\u001b\u202e]/);
  expect(inner).not.toMatch(/www\./i);
  expect(markdownTable(['a'], [[cell]]).split('\n')).toHaveLength(3);
});

test('a block ends with its fence, and with nothing in it', () => {
  const hostile = 'a\n```\n# heading\n`````\n</details>\r\nb\rc\u001b[0m';
  const block = markdownBlock(hostile).split('\n');
  expect(block.at(0)).toBe('``````text');
  expect(block.at(-1)).toBe('``````');
  expect(block.slice(1, -1)).toEqual([
    'a',
    '```',
    '# heading',
    '`````',
    '</details>',
    'b',
    'c\\u001b[0m',
  ]);
  expect(markdownBlock('x').split('\n')[0]).toBe('```text');
});

test('a long text is cut', () => {
  expect(markdownText('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`);
});
