import { expect, test } from 'vitest';
import { actionState, bytesOf, digest, exampleRun, readJson, taskId } from '../test/example-run.ts';
import { renderVerify } from './render-verify.ts';
import { plain } from './style.ts';
import { verifyJson } from './verify-json.ts';
import type { Differing, VerifyReport } from './verify.ts';

const view = { style: plain, width: 80, read: readJson };
const state = exampleRun();

const equal: VerifyReport = {
  state,
  compared: 1_204,
  differing: [],
  missing: new Map(),
  added: new Map(),
  changed: new Map(),
  edited: new Set(),
  durationMs: 12_340,
};

const roll: Differing = {
  run: state.overview.run,
  action: actionState({
    action: 4,
    task: taskId('roll'),
    inputs: [{ digest: digest('6'), bytes: bytesOf(6) }],
  }),
  changes: [{ path: 'result.eyes', before: '3', after: '5' }],
  impurities: [{ kind: 'randomness', what: 'Math.random()', at: 'src/main.ts:3:9' }],
  moved: [],
  observed: ['file config/x.json changed'],
  calls: [],
};

test('where all came out the same that is all', () => {
  const text = renderVerify(equal, view).replace(': ', ':\n');
  expect(text).toMatchInlineSnapshot(
    `
    "run 20261124-054405-1a2b3c src/main.ts#main:
    1,204 actions executed again in 12.3 s, all came out the same"
  `,
  );
});

test('options of the entry that are not recorded are told of', () => {
  expect(renderVerify({ ...equal, otherOptions: true }, view)).toContain(
    'options  the entry had others, which a program gave it',
  );
});

test('Q6: what ran elsewhere is told as what may explain it', () => {
  const moved = ['ran in image acme/x:1 sha256:111111111111, now on this machine'];
  const differing = [{ ...roll, impurities: [], observed: [], moved }];
  const text = renderVerify({ ...equal, differing }, view);
  expect(text).toContain(`platform  ${moved[0]}`);
  expect(text).not.toContain('because');
});

test('what differs, the field, and what explains it', () => {
  const differing: readonly Differing[] = [
    roll,
    {
      ...roll,
      run: '20261123-101112-aabbcc',
      changes: [],
      impurities: [],
      observed: [],
    },
    {
      ...roll,
      action: actionState({ action: 1, parent: 0, task: taskId('main') }),
      changes: [
        { path: 'result.rolls[0].eyes', before: '3', after: '5' },
        { path: 'result.rolls[1]', after: '6' },
      ],
      impurities: [],
      observed: [],
      calls: [taskId('roll')],
    },
  ];
  expect(renderVerify({ ...equal, differing }, view)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c src/main.ts#main: 1,204 actions executed again in 12.3 s, 3 differ

    action 4 roll(6)
      differs   result.eyes 3 → 5
      impure    randomness: Math.random() at src/main.ts:3:9
      observed  file config/x.json changed

    action 4 of run 20261123-101112-aabbcc roll(6)
      differs  in what cannot be read any more
      because  of nothing that is observed or recorded

    action 1 main()
      differs  result.rolls[0].eyes 3 → 5
               result.rolls[1] 6 is new
      because  its call of roll came out differently"
  `);
});

test('of one task three are told, the others counted; and what was not compared', () => {
  const report: VerifyReport = {
    ...equal,
    differing: [roll, roll, roll, roll, roll],
    missing: new Map([[taskId('train'), 1]]),
    added: new Map([[taskId('train'), 2]]),
    changed: new Map([
      [taskId('main'), 1],
      [taskId('features'), 530],
    ]),
    edited: new Set([taskId('features')]),
    platform: { before: 'node 26.1.0 linux x64 glibc', after: 'node 26.2.0 linux x64 glibc' },
  };
  expect(renderVerify(report, view).split('\n').slice(-7).join('\n')).toMatchInlineSnapshot(`
    "… 2 × roll more

      not compared    code changed since: features
                      so not compared: 1 × main, 530 × features
      not made again  1 × train
      newly made      2 × train
      platform        node 26.1.0 linux x64 glibc → node 26.2.0 linux x64 glibc"
  `);
  expect(verifyJson(report)).toMatchObject({
    compared: 1_204,
    equal: 1_199,
    differing: [
      { action: 4, changes: [{ path: 'result.eyes', before: '3', after: '5' }] },
      {},
      {},
      {},
      {},
    ],
    missing: { [taskId('train')]: 1 },
    changed: { [taskId('features')]: 530 },
    edited: [taskId('features')],
    error: null,
  });
});
