import type { Change, TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import type { AffectedReport } from './affected.ts';
import { affectedJson, renderAffected } from './affected.ts';
import { plain } from './style.ts';

const task = (name: string) => `src/main.ts#${name}` as TaskId;
const symbol = (name: string): Change => ({ kind: 'symbol', module: 'src/a.ts', name });
const REPORT: AffectedReport = {
  base: 'main',
  head: null,
  tasks: [],
  gone: [],
  unchanged: 12,
};

test('nothing changed', () => {
  expect(renderAffected(REPORT, plain)).toBe('no task changed since "main", 12 are as they were');
});

test('every kind of affected task', () => {
  const report: AffectedReport = {
    ...REPORT,
    head: 'next',
    unchanged: 1,
    tasks: [
      {
        task: task('train'),
        module: 'src/main.ts',
        status: 'changed',
        changes: [
          symbol('a'),
          { kind: 'package', name: 'csv', before: '1.0.0', after: '2.0.0' },
          { kind: 'setting', name: 'skein', before: '1', after: '2' },
        ],
      },
      { task: task('fresh'), module: 'src/main.ts', status: 'new', changes: [] },
      { task: task('blind'), module: 'src/main.ts', status: 'unknown', changes: [] },
    ],
    gone: [task('old')],
  };
  expect(renderAffected(report, plain)).toMatchInlineSnapshot(`
    "3 tasks changed between "main" and "next", 1 is as it was

    src/main.ts#train
      src/a.ts#a is new
      package csv 1.0.0 → 2.0.0
      setting skein 1 → 2

    src/main.ts#fresh
      is new

    src/main.ts#blind
      counts as changed: the base cannot be analysed

    src/main.ts#old is gone"
  `);
  expect(affectedJson(report)).toMatchObject({
    base: 'main',
    tasks: [{ task: 'src/main.ts#train' }, { status: 'new' }, { status: 'unknown' }],
    gone: ['src/main.ts#old'],
    unchanged: 1,
  });
});

test('of many changes the first are told', () => {
  const changes = Array.from({ length: 23 }, (_, at) => symbol(`f${at}`));
  const tasks = [{ task: task('a'), module: 'src/main.ts', status: 'changed' as const, changes }];
  const lines = renderAffected({ ...REPORT, unchanged: 0, tasks }, plain).split('\n');
  expect([lines[0], lines.length, lines.at(-1)]).toEqual([
    '1 task changed since "main"',
    24,
    '  … 3 more',
  ]);
});
