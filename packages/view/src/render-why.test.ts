import type { Change, Provenance, Reason } from '@skein/model';
import { expect, test } from 'vitest';
import { actionState, bytesOf, digest, exampleRun, readJson, taskId } from '../test/example-run.ts';
import { renderWhy } from './render-why.ts';
import { plain } from './style.ts';
import { whyJson } from './why-json.ts';
import type { ActionWhy, Explained, WhyReport } from './why.ts';

const request = { style: plain, width: 100, read: readJson, now: 1_200_000 };
const state = exampleRun();

const edited: Change = {
  kind: 'symbol',
  module: 'src/ngrams.ts',
  name: 'LENGTH',
  before: digest('3'),
  after: digest('4'),
};

/** `features` executes, since a constant that it reaches was edited. */
const features: Explained = {
  action: actionState({ action: 7, task: taskId('features') }),
  reason: { kind: 'key-changed', changes: [edited] },
  sources: [
    {
      module: 'src/ngrams.ts',
      before: { line: 4, text: '/** Characters. */\nconst LENGTH = 3;' },
      after: { line: 5, text: '/** Characters. */\nconst LENGTH = 4;' },
    },
  ],
};

const main: ActionWhy = {
  action: actionState({
    action: 1,
    parent: 0,
    task: taskId('main'),
    children: [2, 3, 4],
    inputs: [{ digest: digest('data'), bytes: bytesOf('data') }],
    impurities: [{ kind: 'clock', what: 'Date.now()', at: 'src/main.ts:4:7' }],
    untraced: 'it wrote out/a.txt at src/main.ts:9:3; hand on a File or Dir',
    waves: [
      [
        { kind: 'file', path: 'config/x.json', digest: null },
        { kind: 'variable', name: 'MODE', digest: digest('a') },
        { kind: 'listing', path: 'data', digest: digest('b') },
        { kind: 'stat', path: 'data/y', aspect: 'exists', digest: digest('c') },
        { kind: 'module', specifier: 'x', from: 'src/a.ts', digest: digest('d') },
      ],
    ],
  }),
  reason: { kind: 'child-changed', task: 'features', action: 7 },
  sources: [],
  differs: { task: taskId('features'), different: 3, of: 530 },
  because: [features],
};

function answer(of: ActionWhy): string {
  return renderWhy({ kind: 'action', state, answer: of }, request);
}

test('one action, whole: its reason, and down to where that began', () => {
  expect(answer(main)).toMatchInlineSnapshot(`
    "action 1 main("data")
      run        20261124-054405-1a2b3c
      task       src/main.ts#main
      called by  the run
      verdict    executed: its call of features, action 7, has another outcome
                 3 of 530 calls of features have another outcome
      because    features, action 7, executed: src/ngrams.ts#LENGTH changed
                   src/ngrams.ts:6
                     - const LENGTH = 3;
                     + const LENGTH = 4;
      observed   file config/x.json, absent
                 variable MODE
                 folder data
                 existence of data/y
                 module "x" from src/a.ts
      impure     clock: Date.now() at src/main.ts:4:7
      not kept   it wrote out/a.txt at src/main.ts:9:3; hand on a File or Dir
      calls      1 × src/main.ts#list: 1 reused
                 2 × src/main.ts#parse: 2 executed"
  `);
});

test('an action of an interrupted run is not finished', () => {
  const { finishedAt: _, ...action } = actionState({ action: 2, task: taskId('parse') });
  const reason = { kind: 'never-executed' } as const;
  const explained = { action, reason, sources: [] };
  expect(answer({ ...explained, because: [] })).toMatchInlineSnapshot(`
    "action 2 parse()
      run        20261124-054405-1a2b3c
      task       src/main.ts#parse
      called by  src/main.ts#main, action 1
      verdict    executed: never executed before
      open       not finished"
  `);
  const interrupted = { ...state, actions: new Map([[action.action, action]]) };
  const group = {
    task: action.task,
    actions: [action.action],
    first: explained,
    others: [],
    untraced: [],
    impurities: [],
  };
  const none = { reused: new Map(), elsewhere: [] };
  const report = { kind: 'run', state: interrupted, groups: [group], ...none } as const;
  expect(renderWhy(report, request)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c src/main.ts#main: 1 executed, 0 reused

    parse, action 2
      never executed before

      open  1 action not finished
      next  skein why 20261124-054405-1a2b3c 2"
  `);
});

test('a reused action says who made its outcome', () => {
  const action = actionState({
    action: 2,
    task: taskId('parse'),
    verdict: { kind: 'reuse', reason: { kind: 'found' } },
  });
  const made = { run: '20261123-101112-aabbcc', action: 12, at: 1_000_000 };
  const reason = { kind: 'found' } as const;
  expect(answer({ action, reason, sources: [], because: [], made })).toMatchInlineSnapshot(`
    "action 2 parse()
      run        20261124-054405-1a2b3c
      task       src/main.ts#parse
      called by  src/main.ts#main, action 1
      verdict    reused: nothing it depends on changed
      made by    run 20261123-101112-aabbcc, action 12, 3 min ago"
  `);
});

test('several changes are listed below their names', () => {
  const input = { kind: 'input', name: 'rows', before: '"a"', after: '"b"' } as const;
  const changes: readonly Change[] = [
    edited,
    { kind: 'package', name: 'd3', before: '1.0.0', after: '1.0.0' },
    { ...input, path: 'rows[0].text' },
    { ...input, path: 'rows[1].text' },
  ];
  const { action, sources } = features;
  const reason = { kind: 'key-changed', changes } as const;
  expect(answer({ action, reason, sources, because: [] })).toMatchInlineSnapshot(`
    "action 7 features()
      run        20261124-054405-1a2b3c
      task       src/main.ts#features
      called by  src/main.ts#main, action 1
      verdict    executed: src/ngrams.ts#LENGTH, package d3 and 1 more changed
                 src/ngrams.ts#LENGTH changed
                 package d3 1.0.0: same version, other files
                 input rows[0].text "a" → "b"
                 input rows[1].text "a" → "b"
                 src/ngrams.ts:6
                   - const LENGTH = 3;
                   + const LENGTH = 4;"
  `);
  const inputs = { kind: 'key-changed', changes: changes.slice(2) } as const;
  expect(answer({ action, reason: inputs, sources: [], because: [] })).toMatchInlineSnapshot(`
    "action 7 features()
      run        20261124-054405-1a2b3c
      task       src/main.ts#features
      called by  src/main.ts#main, action 1
      verdict    executed: never executed with these inputs
                 rows[0].text "a" → "b"
                 rows[1].text "a" → "b""
  `);
});

test('lines that are the same, that are lost, and that are many', () => {
  const { action, reason } = features;
  const source = (before: string | undefined, after: string | undefined): string => {
    const sides = {
      ...(before === undefined ? {} : { before: { line: 3, text: before } }),
      ...(after === undefined ? {} : { after: { line: 3, text: after } }),
    };
    return answer({ action, reason, sources: [{ module: 'src/a.ts', ...sides }], because: [] });
  };
  expect(source('same', 'same')).toContain('the same lines: what is made of them is other');
  expect(source(undefined, undefined)).not.toContain('src/a.ts:');
  const many = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
  expect(source(undefined, many)).toContain('… 10 lines more');
});

const report: WhyReport = {
  kind: 'run',
  state,
  groups: [
    {
      task: taskId('main'),
      actions: [1],
      first: main,
      others: [],
      untraced: [{ of: 'it wrote out/a.txt at src/main.ts:9:3', actions: 1 }],
      impurities: [],
    },
    {
      task: taskId('features'),
      actions: Array.from({ length: 530 }, (_, index) => index + 7),
      first: features,
      others: ['src/other.ts#x changed'],
      untraced: [],
      impurities: [{ of: { kind: 'clock', what: 'Date.now()', at: 'src/a.ts:4:7' }, actions: 2 }],
    },
  ],
  reused: new Map([
    [taskId('parse'), 1_204],
    [taskId('list'), 1],
  ]),
  elsewhere: [],
};

test('a run: what executed by task and reason, and how many were reused', () => {
  expect(renderWhy(report, request)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c src/main.ts#main: 531 executed, 1,205 reused

    main, action 1
      its call of features, action 7, has another outcome
        3 of 530 calls of features have another outcome
      left no trace: it wrote out/a.txt at src/main.ts:9:3

    features, 530 actions: 7, 8, 9, 10, 11, 12 …
      src/ngrams.ts#LENGTH changed
        src/ngrams.ts:6
          - const LENGTH = 3;
          + const LENGTH = 4;
      src/other.ts#x changed
      2 of them impure: clock: Date.now() at src/a.ts:4:7

      reused  1,204 × parse, 1 × list
      next    skein why 20261124-054405-1a2b3c 1"
  `);
});

test('a run that executed nothing', () => {
  expect(renderWhy({ ...report, groups: [] }, request)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c src/main.ts#main: 0 executed, 1,205 reused

      reused  1,204 × parse, 1 × list"
  `);
});

test('as JSON everything has a name', () => {
  expect(whyJson(report, readJson)).toMatchObject({
    run: state.overview.run,
    executed: 531,
    groups: [
      { task: taskId('main'), actions: [1], differs: { different: 3, of: 530 } },
      { reason: { kind: 'key-changed', sentence: 'src/ngrams.ts#LENGTH changed' } },
    ],
    reused: { [taskId('parse')]: 1_204 },
  });
  expect(whyJson({ kind: 'action', state, answer: main }, readJson)).toMatchObject({
    action: 1,
    reason: { kind: 'child-changed', task: 'features', action: 7 },
    because: [{ action: 7, sources: [{ module: 'src/ngrams.ts', after: { line: 5 } }] }],
    untraced: 'it wrote out/a.txt at src/main.ts:9:3; hand on a File or Dir',
    made: null,
  });
});

const ADA: Provenance = {
  writer: 'ab'.repeat(32),
  scope: 'trusted',
  user: 'ada',
  host: 'build-7',
  skein: '0.6.0',
  commit: '1a2b3c4d5e',
  ref: 'main',
  ci: 'https://ci.example/runs/12',
  at: 900_000,
};
const FOUND: Reason = {
  kind: 'found',
  elsewhere: { provenance: ADA, run: '20261123-1', action: 4, at: 600_000, durationMs: 4_200 },
};

test('a result that somebody else made: who, where, when, and under which key', () => {
  const verdict = { kind: 'reuse', reason: FOUND } as const;
  const action = actionState({ action: 2, task: taskId('parse'), verdict, finishedAt: 1_100_000 });
  expect(answer({ action, reason: FOUND, sources: [], because: [] })).toMatchInlineSnapshot(`
    "action 2 parse()
      run        20261124-054405-1a2b3c
      task       src/main.ts#parse
      called by  src/main.ts#main, action 1
      verdict    reused: made by ada on build-7 (trusted, commit 1a2b3c4, https://ci.example/runs/12), 8 min before, took 4.2 s
      made by    run 20261123-1, action 4, of another state
      shared     5 min ago, by skein 0.6.0, signed by key abababababab
      ref        main"
  `);
  const json = whyJson(
    { kind: 'action', state, answer: { action, reason: FOUND, sources: [], because: [] } },
    readJson,
  );
  expect(json).toMatchObject({ reason: FOUND, made: null });
});

test('a run in which others had made some of what was reused', () => {
  const elsewhere = [
    { of: ADA, actions: 1_200 },
    { of: { scope: 'pr/7', skein: '0.6.0', at: 0 }, actions: 5 },
  ];
  const shared = { ...report, groups: [], elsewhere };
  expect(renderWhy(shared, request)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c src/main.ts#main: 0 executed, 1,205 reused

      reused    1,204 × parse, 1 × list
      of these  1,200 made by ada on build-7 (trusted, commit 1a2b3c4, https://ci.example/runs/12)
                5 made elsewhere (pr/7)"
  `);
  expect(whyJson(shared, readJson)).toMatchObject({
    elsewhere: [
      { ...ADA, actions: 1_200 },
      { scope: 'pr/7', actions: 5 },
    ],
  });
});

test("who made it is others' word, and moves no cursor", () => {
  const hostile = '\u001b[2Jada\n\u202eevil';
  const provenance: Provenance = {
    writer: hostile,
    scope: hostile,
    user: hostile,
    host: hostile,
    skein: hostile,
    commit: hostile,
    ref: hostile,
    ci: hostile.repeat(100),
    at: Number.NaN,
  };
  const elsewhere = { provenance, run: hostile, action: 1, at: Number.NaN, durationMs: 1 };
  const reason: Reason = { kind: 'found', elsewhere };
  const action = actionState({ action: 2, task: taskId('parse') });
  const one = answer({ action, reason, sources: [], because: [] });
  const all = renderWhy({ ...report, elsewhere: [{ of: provenance, actions: 1 }] }, request);
  expect(`${one}${all}`).not.toMatch(/[\u001b\u202e]/);
  expect(one.split('\n').every((line) => line.length < 600)).toBe(true);
  expect(one).toContain('at an unknown time');
});
