import { digestOf } from '@skein/values';
import type { ActionKey, Plan, PlannedAction, TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import { planJson, renderPlan } from './plan.ts';
import { plain } from './style.ts';

const id = (name: string): TaskId => `src/main.ts#${name}` as TaskId;

function action(number: number, more: Partial<PlannedAction>): PlannedAction {
  return {
    action: number,
    parent: number === 1 ? 0 : 1,
    task: id('parse'),
    key: digestOf('key', String(number)) as ActionKey,
    inputs: [],
    prospect: { kind: 'execute', reason: { kind: 'new-inputs' } },
    expectedMs: 20,
    ...more,
  };
}

const NOTHING: Plan = {
  task: id('main'),
  counts: { execute: 0, reuse: 0, unknown: 0 },
  time: { expectedMs: 0, atMostMs: 0, unknown: 0 },
  tasks: [],
  actions: [],
  mayCall: [],
};

const PLAN: Plan = {
  ...NOTHING,
  counts: { execute: 2, reuse: 16_327, unknown: 3 },
  time: { expectedMs: 40, atMostMs: 4_120, unknown: 1 },
  tasks: [
    { task: id('parse'), counts: { execute: 2, reuse: 530, unknown: 0 }, expectedMs: 40 },
    { task: id('main'), counts: { execute: 0, reuse: 0, unknown: 1 }, expectedMs: 80 },
    { task: id('train'), counts: { execute: 0, reuse: 0, unknown: 1 }, expectedMs: 4_000 },
    { task: id('plot'), counts: { execute: 0, reuse: 0, unknown: 1 }, expectedMs: null },
    { task: id('features'), counts: { execute: 0, reuse: 15_797, unknown: 0 }, expectedMs: null },
  ],
  actions: [
    action(1, { task: id('main'), prospect: { kind: 'unknown', unless: [id('parse')] } }),
    action(2, {}),
    action(3, {}),
    action(4, {
      task: id('train'),
      prospect: { kind: 'unknown', after: [id('parse'), id('features')] },
    }),
    action(5, {
      task: id('plot'),
      prospect: { kind: 'unknown', ifCalled: { kind: 'never-executed' } },
      expectedMs: null,
    }),
  ],
  mayCall: [id('publish')],
};

test('a plan tells how much, then each task with its reasons, and what nobody knows', () => {
  expect(renderPlan(PLAN, { style: plain, width: 100 })).toMatchInlineSnapshot(`
    "src/main.ts#main: would execute 2, reuse 16,327, unknown 3; about 40 ms

    main: may execute 1, 80 ms
      unless parse comes to the same as before

    parse: executes 2, reuses 530, 40 ms
      2 × never executed with these inputs

    train: may execute 1, 4.0 s
      unless it is called as before, after parse and 1 other task

    plot: may execute 1, time unknown
      if it is called: never executed before

      reused    15,797 × features
      may call  publish: how often and with what is not known
      at most   4.1 s, if everything unknown executes
      no time   1 action of tasks that never executed"
  `);
});

test('where everything is reused, that is all', () => {
  const plan: Plan = {
    ...NOTHING,
    counts: { execute: 0, reuse: 16_339, unknown: 0 },
    tasks: [{ task: id('main'), counts: { execute: 0, reuse: 1, unknown: 0 }, expectedMs: null }],
  };
  expect(renderPlan(plan, { style: plain, width: 100 })).toMatchInlineSnapshot(`
    "src/main.ts#main: would execute 0, reuse 16,339

      reused  1 × main"
  `);
});

test('many different reasons of one task are not all told', () => {
  const actions = Array.from({ length: 7 }, (_, index) =>
    action(index + 1, {
      prospect: { kind: 'execute', reason: { kind: 'child-changed', task: `task${index}` } },
    }),
  );
  const counts = { execute: 7, reuse: 0, unknown: 0 };
  const tasks = [{ task: id('parse'), counts, expectedMs: 140 }];
  const plan: Plan = { ...NOTHING, counts, tasks, actions };
  expect(renderPlan(plan, { style: plain, width: 40 })).toMatchInlineSnapshot(`
    "src/main.ts#main: would execute 7, reuse 0

    parse: executes 7, 140 ms
      its call of task0 has another outcome
      its call of task1 has another outcome
      its call of task2 has another outcome
      its call of task3 has another outcome
      … 3 other reasons"
  `);
});

test('the object of --json names verdicts and reasons', () => {
  const { actions, details, mayCall, tasks, time } = planJson(PLAN);
  expect({ actions, mayCall, time }).toEqual({
    actions: { execute: 2, reuse: 16_327, unknown: 3 },
    mayCall: ['src/main.ts#publish'],
    time: { expectedMs: 40, atMostMs: 4_120, unknown: 1 },
  });
  expect((tasks as readonly unknown[])[0]).toEqual({
    task: 'src/main.ts#parse',
    execute: 2,
    reuse: 530,
    unknown: 0,
    expectedMs: 40,
  });
  expect(
    (details as readonly { verdict: unknown; why: unknown }[]).map(({ verdict, why }) => [
      verdict,
      why,
    ]),
  ).toMatchInlineSnapshot(`
    [
      [
        "unknown",
        {
          "kind": "unless-same",
          "sentence": "unless parse comes to the same as before",
          "tasks": [
            "src/main.ts#parse",
          ],
        },
      ],
      [
        "execute",
        {
          "kind": "new-inputs",
          "sentence": "never executed with these inputs",
        },
      ],
      [
        "execute",
        {
          "kind": "new-inputs",
          "sentence": "never executed with these inputs",
        },
      ],
      [
        "unknown",
        {
          "kind": "as-before",
          "sentence": "unless it is called as before, after parse and 1 other task",
          "tasks": [
            "src/main.ts#parse",
            "src/main.ts#features",
          ],
        },
      ],
      [
        "unknown",
        {
          "kind": "if-called",
          "sentence": "if it is called: never executed before",
        },
      ],
    ]
  `);
});
