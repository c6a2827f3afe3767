import { expect, test } from 'vitest';
import { finishedEvent, startedEvent, summaryOf } from '../test/example-run.ts';
import { plain } from './style.ts';
import { renderSummary } from './summary.ts';
import { Tally } from './tally.ts';

function exampleTally(): Tally {
  const tally = new Tally();
  const changed = { kind: 'child-changed', task: 'src/main.ts#parse' } as const;
  tally.observe(startedEvent({ action: 1, parent: 0, task: 'main', reason: changed }));
  for (let action = 2; action < 1_204; action += 1) {
    tally.observe(finishedEvent({ action, task: 'features', durationMs: 10 }));
  }
  tally.observe(
    finishedEvent({ action: 1_204, task: 'train', reason: changed, durationMs: 3_000 }),
  );
  tally.observe(
    finishedEvent({ action: 1, parent: 0, task: 'main', reason: changed, durationMs: 15_000 }),
  );
  return tally;
}

const request = { style: plain, width: 80, files: [] };

test('a run that succeeded: result, counts, why, what was slow, what next', () => {
  const summary = summaryOf();
  const files = [{ name: 'model.bin', path: '/x/model.bin' }];
  expect(renderSummary({ ...request, summary, tally: exampleTally(), files }))
    .toMatchInlineSnapshot(`
      "succeeded src/main.ts#main in 12.3 s
        result   { accuracy: 0.97, languages: 322 }
        files    model.bin: /x/model.bin
        actions  10,412: 10,412 executed, 0 reused
        why      1,204 executed: 1,202 never executed before, 2 child changed
                 main: its call of src/main.ts#parse has another outcome
        slowest  features: 12.0 s in 1,202 actions
                 train: 3.0 s in 1 action
        run      20261124-054405-1a2b3c
        next     skein show 20261124-054405-1a2b3c"
    `);
});

test('a run that executed nothing says so in few lines', () => {
  const actions = { total: 1, executed: 0, reused: 1, adopted: 0, failed: 0 };
  const summary = summaryOf({ actions, durationMs: 412 });
  const tally = new Tally();
  tally.observe(finishedEvent({ action: 1, parent: 0, task: 'main', reused: true }));
  expect(renderSummary({ summary, tally, ...request })).toMatchInlineSnapshot(`
    "succeeded src/main.ts#main in 412 ms
      result   { accuracy: 0.97, languages: 322 }
      actions  1: 0 executed, 1 reused
      run      20261124-054405-1a2b3c
      next     skein show 20261124-054405-1a2b3c"
  `);
});

test('a run that failed: the error, and how to look at it', () => {
  const summary = summaryOf({
    status: 'failed',
    result: null,
    error: {
      class: 'ParseError',
      message: 'unexpected "<"',
      fields: {},
      task: 'src/parse.ts#parse',
      action: 847,
      inputs: { file: 'a.html' },
      stack: 'ParseError: unexpected "<"\n    at parse (src/parse.ts:12:9)',
    },
  });
  expect(renderSummary({ summary, tally: new Tally(), ...request })).toMatchInlineSnapshot(`
    "failed src/main.ts#main after 12.3 s

    ParseError: unexpected "<"
      task    src/parse.ts#parse, action 847
      inputs  file  "a.html"
      at parse (src/parse.ts:12:9)

      actions  10,412: 10,412 executed, 0 reused
      run      20261124-054405-1a2b3c
      next     skein show 20261124-054405-1a2b3c --action 847
               skein resume 20261124-054405-1a2b3c, after a fix"
  `);
});
