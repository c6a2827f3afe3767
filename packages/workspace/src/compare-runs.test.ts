import { digestOf } from '@skein/values';
import type { ActionState } from '@skein/journal';
import type { CodeManifest, TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import type { RecordedCall } from './recorded-calls.ts';

/** `[task, input, outcome, caller]`, callers before their calls. */
type Drawn = readonly [task: string, input: string, outcome: string, caller: number];

function calls(drawn: readonly Drawn[], unknown: readonly string[] = []): readonly RecordedCall[] {
  return drawn.map(([task, input, outcome, caller], index) => {
    const action = {
      action: index + 1,
      task: task as TaskId,
      outcome: { kind: 'result', digest: digestOf('value', outcome) },
    } as ActionState;
    const made = { state: {} as RecordedCall['state'], action };
    const name = `${drawn[caller]?.[0] ?? ''}>${task} ${input}`;
    return { ...made, name, caller, made: unknown.includes(task) ? undefined : made };
  });
}

function code(texts: Readonly<Record<string, string>>): ReadonlyMap<TaskId, CodeManifest> {
  const manifests = Object.entries(texts).map(([name, text]): [TaskId, CodeManifest] => {
    const task = name as TaskId;
    return [task, { task, digest: digestOf('code', text), parts: [] }];
  });
  return new Map(manifests);
}

const CODE = { main: '1', parse: '1', train: '1' };
const SAME = { before: code(CODE), after: code(CODE) };

const RUN: readonly Drawn[] = [
  ['main', '', 'm', -1],
  ['parse', 'a', 'pa', 0],
  ['parse', 'b', 'pb', 0],
  ['train', 'pa pb', 't', 0],
];

function told(
  before: readonly RecordedCall[],
  after: readonly RecordedCall[],
  manifests = SAME,
): Readonly<Record<string, unknown>> {
  const { compared, differing, ...counts } = compareRuns(before, after, manifests);
  return {
    compared,
    differing: differing.map(({ before: call, calls: called }) =>
      [call.name, ...called].join(' < '),
    ),
    ...Object.fromEntries(
      Object.entries(counts).map(([name, counted]) => [name, [...counted].flat().join(' ')]),
    ),
  };
}

const NOTHING = { missing: '', added: '', changed: '', edited: '' };

test('the same calls with the same outcomes', () => {
  expect(told(calls(RUN), calls(RUN))).toEqual({ compared: 4, differing: [], ...NOTHING });
});

test('what differs is told where it began first, then by who called it', () => {
  const again = calls([
    ['main', '', 'm2', -1],
    ['parse', 'a', 'pa2', 0],
    ['parse', 'b', 'pb', 0],
    ['train', 'pa2 pb', 't2', 0],
  ]);
  expect(told(calls(RUN), again)).toEqual({
    ...NOTHING,
    compared: 3,
    differing: ['main>parse a', '>main  < parse'],
    missing: 'train 1',
    added: 'train 1',
  });
});

test('edited tasks and their callers are not compared, what else they call is', () => {
  const again = calls([
    ['main', '', 'm2', -1],
    ['parse', 'a', 'pa', 0],
    ['parse', 'b', 'other', 0],
    ['train', 'new', 't2', 0],
  ]);
  const edited = { before: SAME.before, after: code({ ...CODE, train: '2' }) };
  expect(told(calls(RUN), again, edited)).toEqual({
    compared: 2,
    differing: ['main>parse b'],
    missing: '',
    added: '',
    changed: 'main 1 train 1',
    edited: 'train',
  });
});

test('calls of an action whose calls are not recorded any more are not called new', () => {
  const recorded = calls(RUN.slice(0, 1), ['main']);
  expect(told(recorded, calls(RUN))).toEqual({ compared: 1, differing: [], ...NOTHING });
});
