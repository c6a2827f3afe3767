import type { InputSchema } from '@skein/analysis';
import { expect, test } from 'vitest';
import * as type from '../../test/schemas.ts';
import { readFlags } from './read-flags.ts';

function read(schema: InputSchema, line: string) {
  const { whole, properties, failures } = readFlags(schema, line.split(' '));
  if (failures.length > 0) return failures;
  return { ...Object.fromEntries(whole), ...Object.fromEntries(properties) };
}

const schema = type.schemaOf({
  maxItems: type.number,
  name: type.string,
  fast: type.boolean,
  noCache: type.boolean,
  total: type.bigint,
  due: type.date,
  source: type.file,
  folder: type.dir,
  rows: type.list(type.number),
  tags: type.list(type.string),
  mode: type.union(type.literal('a'), type.literal('b')),
  level: type.union(type.number, type.string),
  options: type.object({ deep: type.object({ when: type.date }) }),
  extra: type.unknown,
});

const date = { $type: 'date', value: '2026-11-24T05:00:00.000Z' };

test.each([
  ['--max-items 3', { maxItems: 3 }],
  ['--maxItems=-3.5', { maxItems: -3.5 }],
  ['--max-items NaN', { maxItems: { $type: 'number', value: 'NaN' } }],
  ['--name 3', { name: '3' }],
  ['--name=--x=y', { name: '--x=y' }],
  ['--fast', { fast: true }],
  ['--no-fast', { fast: false }],
  ['--fast false', { fast: false }],
  ['--no-cache', { noCache: true }],
  ['--no-no-cache', { noCache: false }],
  ['--total 12345678901234567890', { total: { $type: 'bigint', value: '12345678901234567890' } }],
  ['--due 2026-11-24T05:00:00Z', { due: date }],
  ['--due 2026-11-24T06:00+01:00', { due: date }],
  ['--due 2026-11-24T05:00', { due: date }],
  ['--source a/b.txt', { source: { $type: 'file', value: { path: 'a/b.txt' } } }],
  ['--folder a', { folder: { $type: 'dir', value: { path: 'a' } } }],
  ['--rows [1,2]', { rows: [1, 2] }],
  ['--rows 1 --rows 2', { rows: [1, 2] }],
  ['--rows 1', { rows: [1] }],
  ['--tags [x', { tags: ['[x'] }],
  ['--mode a', { mode: 'a' }],
  ['--level 3', { level: 3 }],
  ['--level high', { level: 'high' }],
  ['--options {"deep":{"when":"2026-11-24T05:00:00Z"}}', { options: { deep: { when: date } } }],
  ['--extra {"a":[1]}', { extra: { a: [1] } }],
  ['--extra text', { extra: 'text' }],
  ['--name a --name b', { name: 'b' }],
])('%s', (line, inputs) => {
  expect(read(schema, line)).toEqual(inputs);
});

test.each([
  ['--max-items three', 'flag-value', 'the value of "--max-items" does not fit'],
  ['--max-items', 'flag-value', 'the value of "--max-items" does not fit'],
  ['--fast=perhaps', 'flag-value', 'the value of "--fast" does not fit'],
  ['--total 1.5', 'flag-value', 'the value of "--total" does not fit'],
  ['--due yesterday', 'flag-value', 'the value of "--due" does not fit'],
  ['--rows 1 --rows x', 'flag-value', 'the value of "--rows" does not fit'],
  ['--mode c', 'flag-value', 'the value of "--mode" does not fit'],
  ['--options {', 'flag-value', 'the value of "--options" does not fit'],
  ['--max-itms 3', 'flag-unknown', 'the task has no flag "--max-itms"'],
  ['--no-name', 'flag-unknown', 'the task has no flag "--no-name"'],
  ['--fast extra', 'usage', '"extra" belongs to no flag'],
])('%s: %s', (line, code, headline) => {
  expect(read(schema, line)).toMatchObject([{ code, headline, kind: 'usage' }]);
});

test('a flag that does not fit says what was given and what is wanted', () => {
  expect(read(schema, '--mode c')).toMatchObject([
    {
      facts: [
        ['given', '"c"'],
        ['wanted', '"a" | "b"'],
      ],
    },
  ]);
  expect(read(schema, '--max-itms 3 --fst')).toMatchObject([
    { hint: 'did you mean "--max-items"?' },
    { hint: 'did you mean "--fast"?' },
  ]);
  expect(read(schema, '--json')).toMatchObject([
    { hint: '"--json" is one of ours: write it before "--"' },
  ]);
});

test('a single object parameter gives a flag for each property, and its own takes JSON', () => {
  const single = type.schemaOf({
    order: type.object({ customer: type.string, 'maxItems?': type.number, 'due?': type.date }),
  });
  const { whole, properties } = readFlags(single, [
    '--order',
    '{"customer":"a","due":"2026-11-24T05:00:00Z"}',
    '--max-items',
    '3',
  ]);
  expect(Object.fromEntries(whole)).toEqual({ order: { customer: 'a', due: date } });
  expect(Object.fromEntries(properties)).toEqual({ maxItems: 3 });
});
