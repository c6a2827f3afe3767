import { describe, expect, test } from 'vitest';
import { putIntoDocument } from './document.ts';

const document = 'before\n<!-- last run: begin -->\nold\n<!-- last run: end -->\nafter\n';

describe('a document', () => {
  test('gets the last run between its marks, and keeps everything around them', () => {
    const once = putIntoDocument(document, 'new');
    expect(once).toBe('before\n<!-- last run: begin -->\nnew\n<!-- last run: end -->\nafter\n');
    expect(putIntoDocument(once, 'newer')).toBe(once.replace('new', 'newer'));
  });

  test('has several places, each by the name of its marks', () => {
    const both = `${document}<!-- other: begin --><!-- other: end -->`;
    expect(putIntoDocument(both, 'new', 'other')).toBe(
      `${document}<!-- other: begin -->\nnew\n<!-- other: end -->`,
    );
  });

  test('without marks is left alone', () => {
    expect(() => putIntoDocument('text', 'new')).toThrow('lacks');
  });
});
