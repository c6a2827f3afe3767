import { expect, test } from 'vitest';
import { wrongProject } from './project-config.ts';

test('a workspace that is one project may say what its targets run', () => {
  expect(wrongProject({})).toEqual([]);
  expect(wrongProject({ entry: 'src/main.ts', task: 'train', input: { epochs: 3 } })).toEqual([]);
});

test('each wrong field is named', () => {
  expect(wrongProject({ entry: '', task: 7, input: [1] })).toEqual([
    ['entry', '"", not a text'],
    ['task', '7, not a text'],
    ['input', '[ 1 ], not an object of inputs'],
  ]);
});
