import type { RunState } from '@skein/journal';
import type { CheckpointId, Outcome, RecordedCheckpoint } from '@skein/model';
import { OMITTED, type Digest } from '@skein/values';
import { expect, test } from 'vitest';
import {
  actionState,
  bytesOf,
  digest,
  error,
  exampleRun,
  jsonValue,
  readJson,
  result,
  taskId,
} from '../test/example-run.ts';
import { indexOf } from '../test/example-index.ts';
import { renderAction } from './action.ts';
import { plain } from './style.ts';
import { renderTree } from './tree.ts';

const view = { style: plain, width: 80, read: readJson };
const request = { ...view, all: false, now: 1_200_000 };

test('a run is a tree of calls; siblings that are alike are counted, failed ones shown', () => {
  expect(renderTree(indexOf(exampleRun()), request)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c failed
      task      src/main.ts#main
      started   3 min ago in 12.3 s, by command
      labels    nightly=yes
      bundle    #7b962e8e20f3
      platform  node 26.10.0 linux x64 glibc
      actions   12: 10 executed, 2 reused, 0 adopted, 2 failed

    warning[image-not-applied]: the declared image is not applied
      image  "ghcr.io/acme/x"
    1 main("data")  executed: caching is off for it, 12.3 s, 2 attempts
    │ ✗ ParseError: unexpected "<" in file 4
    │ ~ clock: Date.now at src/main.ts:4:7
    ├─ 2 list("data")  reused: nothing it depends on changed
    │    → ["file-0.html", "file-1.html"]
    ├─ parse × 10  10 executed, 2 failed, 15.0 s  actions 3 to 12
    ├─ 7 parse("file-4.html")  executed: never executed before, 1.5 s
    │    ✗ ParseError: unexpected "<" in file 4
    │    | parsing
    │    | still
    │    | more
    │    | … 1 line more
    └─ 12 parse("file-9.html")  executed: never executed before, 1.5 s
         ✗ ParseError: unexpected "<" in file 9"
  `);
});

test('an input that is only named is read where it is kept; omitted ones are not shown', () => {
  const state = exampleRun();
  const kept = new Map([[digest('once'), bytesOf('only once')]]);
  const inputs = [{ digest: digest('once') }, { digest: digest('lost') }, { digest: OMITTED }];
  const second = actionState({ action: 2, task: taskId('second'), inputs });
  const once: RunState = { ...state, actions: new Map([[2, second]]), roots: [2], warnings: [] };
  const read = { value: jsonValue, bytes: (of: Digest) => kept.get(of) };
  expect(renderTree(indexOf(once), { ...request, read })).toContain(
    `2 second("only once", #${digest('lost').slice(0, 12)})  `,
  );
});

test('--all shows every action', () => {
  const lines = renderTree(indexOf(exampleRun()), { ...request, all: true }).split('\n');
  expect(lines.filter((line) => line.includes('parse("file-'))).toHaveLength(10);
});

test('one action, whole', () => {
  const state = exampleRun();
  const main = state.actions.get(1);
  if (main === undefined) throw new Error('the example has an action 1');
  expect(renderAction(indexOf(state), main, view)).toMatchInlineSnapshot(`
    "action 1 main("data")
      run        20261124-054405-1a2b3c
      task       src/main.ts#main
      called by  the run
      verdict    executed: caching is off for it
      time       12.3 s, finished 1.5 s after the run began
      key        a2ca15d5a5db9806b378eb1ce7849a5bbbba1c4ccf192c9aaca70b5382223884-3
      input 1    "data"
      error      ParseError: unexpected "<" in file 4
                 at f (src/a.ts:1:9)
                 caused by RangeError: line 3
      attempts   1: on worker 1, after 10 ms, took 880 ms, ParseError: try 1, next in 500 ms
                 2: on worker 2, after 1.4 s
      observed   1 file, 10 mapped calls
      impure     clock: Date.now at src/main.ts:4:7
      not kept   an action it called failed and it did not catch that
      calls      1 × src/main.ts#list
                 10 × src/main.ts#parse"
  `);
});

test('a chain of calls deeper than the call stack is drawn', () => {
  const { overview, started } = exampleRun();
  const depth = 20_000;
  const chain = Array.from({ length: depth }, (_, index) => {
    const children = index + 1 < depth ? [index + 2] : [];
    return actionState({ action: index + 1, parent: index, task: taskId('step'), children });
  });
  const state: RunState = {
    overview,
    started,
    actions: new Map(chain.map((action) => [action.action, action])),
    roots: [1],
    warnings: [],
    logs: [],
    lastAt: 0,
  };
  const text = renderTree(indexOf(state), request);
  expect(text).toContain(`${depth} step()`);
});

test('R4 R5 PARITY 18: checkpoints, the snapshot and given options of an action are shown', () => {
  const observed = { waves: [], log: null, impurities: [] };
  const checkpoint = (name: string, count: number, outcome: Outcome): RecordedCheckpoint => ({
    checkpoint: `src/main.ts#${name}` as CheckpointId,
    args: digest('args'),
    count,
    code: digest('code'),
    outcome,
    observed,
  });
  const action = actionState({
    action: 1,
    parent: 0,
    task: taskId('main'),
    override: bytesOf({ retries: 3 }),
    checkpoints: [
      checkpoint('load', 0, result(null)),
      checkpoint('load', 1, result([1, 2])),
      checkpoint('send', 0, error('refused')),
    ],
    snapshot: { value: result({ epoch: 6 }), observed },
  });
  const lines = renderAction(indexOf(exampleRun()), action, view).split('\n');
  const from = lines.findIndex((line) => line.includes('override'));
  expect([lines[from], ...lines.filter((line) => /[→✗]|snapshot/.test(line))].join('\n'))
    .toMatchInlineSnapshot(`
    "  override     { retries: 3 }
      checkpoints  load → null
                   load, call 2 → [1, 2]
                   send ✗ ParseError: refused
      snapshot     → { epoch: 6 }"
  `);
});

test('what processes printed while several actions ran in them stands below the tree', () => {
  const text = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');
  const logs = [{ at: 1_000_500, stream: 'stderr', text, worker: 'worker 1' } as const];
  const lines = renderTree(indexOf({ ...exampleRun(), logs }), request).split('\n');
  expect(lines.slice(-12, -9)).toEqual([
    '',
    '  0.500 s  worker 1  ! line 0',
    '  0.500 s  worker 1  ! line 1',
  ]);
  expect(lines.at(-1)).toBe('… more with "skein logs"');
});
