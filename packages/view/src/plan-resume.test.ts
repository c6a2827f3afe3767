import type { ResumePlan, RunId, TaskId, ToExecute, WhyLeft } from '@skein/model';
import { expect, test } from 'vitest';
import { renderResumePlan, resumePlanJson } from './plan-resume.ts';
import { plain } from './style.ts';

const RUN = '20261124-054405-1a2b3c' as RunId;
const MAIN = 'src/main.ts#main' as TaskId;
const ITEM = 'src/main.ts#item' as TaskId;

function left(task: TaskId, why: WhyLeft, action?: number): ToExecute {
  return { task, why, ...(action === undefined ? {} : { earlier: { run: RUN, action } }) };
}

const PLAN: ResumePlan = {
  run: RUN,
  status: 'interrupted',
  task: MAIN,
  counts: { adopt: 1_846, reuse: 2, execute: 6 },
  adoption: { adopted: 1_846, madeByEarlier: 0, made: [] },
  tasks: [
    { task: MAIN, counts: { adopt: 0, reuse: 0, execute: 1 } },
    { task: ITEM, counts: { adopt: 1_846, reuse: 2, execute: 5 } },
  ],
  execute: [
    left(MAIN, { kind: 'unfinished' }, 1),
    left(ITEM, { kind: 'failed', error: { kind: 'value', value: 'no' } }, 7),
    left(ITEM, { kind: 'never-started' }),
    left(ITEM, { kind: 'never-started' }),
    left(ITEM, { kind: 'new-inputs' }),
    left(ITEM, { kind: 'other', reason: { kind: 'forced' } }, 9),
  ],
  undecided: [{ task: MAIN, why: 'ended-early' }],
};

test('R2: a plan for a person', () => {
  expect(renderResumePlan(PLAN, { style: plain, width: 80 })).toMatchInlineSnapshot(`
    "src/main.ts#main: would adopt 1,846, reuse 2, execute 6 or more

    main: executes 1
      had not come to its end (action 1)

    item: executes 5
      failed: "no" (action 7)
      2 × was not started yet
      was not called with these inputs
      it was forced to execute (action 9)

      adopts     1,846 × item
      reuses     2 × item
      from       run 20261124-054405-1a2b3c, interrupted
      not known  what these call is decided when they are called
                 main: it ended before it had made all its calls"
  `);
});

test('R2: where nothing is left open, the counts are exact', () => {
  const [headline] = renderResumePlan(
    { ...PLAN, undecided: [] },
    { style: plain, width: 80 },
  ).split('\n');
  expect(headline).toBe('src/main.ts#main: would adopt 1,846, reuse 2, execute 6');
});

test('R2: the same as one JSON object', () => {
  const json = resumePlanJson(PLAN);
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  expect(json).toMatchObject({
    actions: { adopt: 1_846, reuse: 2, execute: 6 },
    resumed: { run: RUN, adopted: 1_846, madeByEarlier: 0, changes: [] },
    undecided: [{ task: MAIN, why: 'ended-early' }],
  });
  expect(json['execute']).toMatchObject([
    { task: MAIN, earlier: { run: RUN, action: 1 }, why: { kind: 'unfinished' } },
    { why: { kind: 'failed', error: 'no', sentence: 'failed: "no"' } },
    { earlier: null, why: { kind: 'never-started' } },
    {},
    {},
    { why: { kind: 'other', reason: { kind: 'forced' } } },
  ]);
});
