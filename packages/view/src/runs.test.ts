import type { RunId, TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import { overview } from '../test/example-run.ts';
import { renderRuns } from './runs.ts';
import { plain } from './style.ts';

test('runs are a table', () => {
  const shown = { ...overview, task: 'a#main' as TaskId, labels: { a: 'b' } };
  const { durationMs: _, ...running } = shown;
  const runs = [
    { ...running, run: '20261124-060000-ffffff' as RunId, status: 'running', labels: {} } as const,
    shown,
  ];
  const lines = renderRuns(runs, { style: plain, now: 1_200_000 }).split('\n');
  const widths = new Set(lines.slice(0, 2).map(({ length }) => length));
  expect(widths.size).toBe(1);
  expect(lines.map((line) => line.split(/ {2,}/).join(' | '))).toEqual([
    'run | status | task | started | time | executed | reused | adopted | failed',
    '20261124-060000-ffffff | running | a#main | 3 min ago | 10 | 2 | 0 | 2',
    '20261124-054405-1a2b3c | failed | a#main | 3 min ago | 12.3 s | 10 | 2 | 0 | 2 | a=b',
  ]);
});

test('PARITY 8: a run that goes on from another says so', () => {
  const origin = { kind: 'resume', run: '20261123-054405-aaaaaa' as RunId } as const;
  const [, line] = renderRuns([{ ...overview, origin }], { style: plain, now: 0 }).split('\n');
  expect(line).toMatch(/nightly=yes resumes 20261123-054405-aaaaaa$/);
});

test('PARITY 8: a label with strange characters breaks no line and no terminal', () => {
  const labels = { 'a\nb': '\u001B[2J\u202E"ü"' };
  const lines = renderRuns([{ ...overview, labels }], { style: plain, now: 0 }).split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/ {2}a\\nb=\\u001b\[2J\\u202e"ü"$/);
});

test('no runs are a sentence', () => {
  expect(renderRuns([], { style: plain, now: 0 })).toBe('no run is recorded here that fits');
});
