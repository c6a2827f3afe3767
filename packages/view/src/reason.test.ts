import type { Change, Reason, RunId } from '@skein/model';
import { expect, test } from 'vitest';
import { digest, taskId } from '../test/example-run.ts';
import { describeChange } from './change.ts';
import { explainReason, nameReason } from './reason.ts';

const before = digest('before');
const after = digest('after');
const symbol: Change = { kind: 'symbol', module: 'src/a.ts', name: 'f', before, after };
const input: Change = {
  kind: 'input',
  name: 'rows',
  path: 'rows[3].text',
  before: '"a"',
  after: '"b"',
};

function adopted(made?: Reason): Reason {
  const from = { kind: 'adopted', run: '20261124-054405-1a2b3c' as RunId, action: 5 } as const;
  return made === undefined ? from : { ...from, made };
}

function table(reasons: readonly Reason[]): string {
  return reasons.map((reason) => `${nameReason(reason)}\n  ${explainReason(reason)}`).join('\n');
}

test('every reason is one sentence, and a few words to count by', () => {
  const reasons: readonly Reason[] = [
    { kind: 'found' },
    { kind: 'joined' },
    { kind: 'caching-off' },
    { kind: 'forced' },
    { kind: 'never-executed' },
    { kind: 'new-inputs' },
    { kind: 'key-changed', changes: [symbol] },
    { kind: 'key-changed', changes: [input] },
    { kind: 'key-changed', changes: [symbol, input, { ...input, path: 'n' }] },
    { kind: 'child-changed', task: 'parse' },
    { kind: 'child-changed', task: 'parse', action: 7 },
    { kind: 'logged-call-changed', task: 'load' },
    { kind: 'log-missing' },
    { kind: 'untraced', why: 'it wrote out/a.txt at src/main.ts:3:9; hand on a File or Dir' },
    { kind: 'impure', what: 'Date.now()' },
    { kind: 'impure', what: 'Date.now()', at: 'src/main.ts:3:9' },
    { kind: 'bytes-missing', digest: 'ab12' },
    { kind: 'code-unknown' },
    { kind: 'too-old' },
    { kind: 'failed-before' },
  ];
  expect(table(reasons)).toMatchInlineSnapshot(`
    "unchanged
      nothing it depends on changed
    joined one in flight
      the same call was already in flight
    caching off
      caching is off for it
    forced
      it was forced to execute
    never executed before
      never executed before
    new inputs
      never executed with these inputs
    src/a.ts#f changed
      src/a.ts#f changed
    new inputs
      never executed with these inputs: rows[3].text "a" → "b"
    src/a.ts#f and inputs changed
      src/a.ts#f changed, input rows[3].text "a" → "b", input n "a" → "b"
    child changed
      its call of parse has another outcome
    child changed
      its call of parse, action 7, has another outcome
    earlier call of its process changed
      the call of load, made earlier in its process, has another outcome
    log of its process missing
      what its process had observed before cannot be read any more
    no trace kept
      its last execution left no trace: it wrote out/a.txt at src/main.ts:3:9; hand on a File or Dir
    not reproducible, under strict
      strict: what is known of it came about by Date.now()
    not reproducible, under strict
      strict: what is known of it came about by Date.now() at src/main.ts:3:9
    bytes missing
      the bytes of its result are gone: ab12
    earlier code not on record
      which code an earlier result was made by is not on record any more
    too old
      its result is older than its maxAge
    failed before
      it failed before, and a failure is not reused for a running caller"
  `);
});

test('an observation that changed is named by path or name, and by what became of it', () => {
  const file = { kind: 'file', path: 'config/x.json', digest: before } as const;
  const listing = { kind: 'listing', path: 'data', digest: before } as const;
  const variable = { kind: 'variable', name: 'MODE', digest: before } as const;
  const module = { kind: 'module', specifier: 'x', from: 'src/a.ts', digest: before } as const;
  const stat = { kind: 'stat', path: 'x', digest: before } as const;
  const seen = [
    file,
    listing,
    { ...stat, aspect: 'exists' },
    { ...stat, aspect: 'stat' },
    { ...stat, aspect: 'lstat' },
    { ...stat, aspect: 'link' },
    { ...stat, aspect: 'real' },
    variable,
    module,
  ] as const;
  const reasons = seen.flatMap((one): readonly Reason[] => [
    { kind: 'observation-changed', before: one, after },
    { kind: 'observation-changed', before: { ...one, digest: null }, after },
    { kind: 'observation-changed', before: one, after: null },
  ]);
  expect(reasons.map(explainReason).join('\n')).toMatchInlineSnapshot(`
    "file config/x.json changed
    file config/x.json appeared
    file config/x.json is gone
    folder data has other names in it
    folder data appeared
    folder data is gone
    x is a thing of another kind
    x appeared
    x is gone
    x has another type, size or executable bit
    x appeared
    x is gone
    x has another type, size or executable bit
    x appeared
    x is gone
    link x points elsewhere
    link x appeared
    link x is gone
    path x leads elsewhere
    path x appeared
    path x is gone
    variable MODE changed
    variable MODE is set now
    variable MODE is not set any more
    module "x", looked up from src/a.ts, is another file
    module "x", looked up from src/a.ts, is found now
    module "x", looked up from src/a.ts, is not found any more"
  `);
  expect(explainReason({ kind: 'observation-changed', before: file, after, logged: true })).toBe(
    'file config/x.json changed, which an earlier action of its process observed',
  );
});

test('every change of a key is one clause', () => {
  const digests = [{ before, after }, { after }, { before }] as const;
  const texts = [{ before: '1', after: '2' }, { after: '2' }, { before: '1' }] as const;
  const changes: readonly Change[] = [
    ...digests.flatMap((sides): readonly Change[] => [
      { kind: 'symbol', module: 'src/a.ts', name: 'f', ...sides },
      { kind: 'effect', module: 'src/a.ts', ...sides },
      { kind: 'module', module: 'src/a.ts', ...sides },
      { kind: 'data', module: 'src/a.json', ...sides },
      { kind: 'forward', id: taskId('t'), ...sides },
      { kind: 'variable', name: 'MODE', ...sides },
    ]),
    ...texts.flatMap((sides): readonly Change[] => [
      { kind: 'package', name: 'd3', ...sides },
      { kind: 'setting', name: 'jsx', ...sides },
      { kind: 'version', name: 'version', ...sides },
      { kind: 'salt', name: 'salt', ...sides },
      { kind: 'platform', name: 'node', ...sides },
      { kind: 'format', name: 'format', ...sides },
      { kind: 'input', name: 'rows', path: 'rows[3].text', ...sides },
    ]),
    { kind: 'package', name: 'd3', before: '1', after: '1' },
    { kind: 'task', id: taskId('t'), after: true },
    { kind: 'task', id: taskId('t'), before: true },
  ];
  expect(changes.map(describeChange).join('\n')).toMatchInlineSnapshot(`
    "src/a.ts#f changed
    a top-level statement of src/a.ts changed
    module src/a.ts changed
    src/a.json changed
    the forwarded task src/main.ts#t changed
    variable MODE changed
    src/a.ts#f is new
    a top-level statement of src/a.ts is new
    module src/a.ts is new
    src/a.json is new
    the forwarded task src/main.ts#t is new
    variable MODE is set now
    src/a.ts#f is gone
    a top-level statement of src/a.ts is gone
    module src/a.ts is gone
    src/a.json is gone
    the forwarded task src/main.ts#t is gone
    variable MODE is not set any more
    package d3 1 → 2
    setting jsx 1 → 2
    version 1 → 2
    salt 1 → 2
    node 1 → 2
    the format of keys 1 → 2
    input rows[3].text 1 → 2
    package d3 2 is new
    setting jsx 2 is new
    version 2 stands for its code now
    salt 2 is new
    node 2 is new
    the format of keys 2 is new
    input rows[3].text 2 is new
    package d3 1 is gone
    setting jsx 1 is gone
    its code counts now, in place of version 1
    salt 1 is gone
    node 1 is gone
    the format of keys 1 is gone
    input rows[3].text 1 is gone
    package d3 1: same version, other files
    its reference to task src/main.ts#t is new
    its reference to task src/main.ts#t is gone"
  `);
});

test('C6: a package that another one needs is told with that', () => {
  const sides = [
    { before: '1', after: '2' },
    { after: '2' },
    { before: '1' },
    { before: '1', after: '1' },
  ];
  const changes = sides.map((one): Change => ({
    kind: 'package',
    name: 'd3',
    neededBy: 'plot',
    ...one,
  }));
  expect(changes.map(describeChange).join('\n')).toMatchInlineSnapshot(`
    "package d3 1 → 2, which plot needs
    package d3 2, which plot needs, is new
    package d3 1, which plot needed, is gone
    package d3 1, which plot needs: same version, other files"
  `);
});

test('Q4 Q5 O6: what inputs are called, and what counts', () => {
  const changes: readonly Change[] = [
    { kind: 'parameter', before: 'line', after: 'text' },
    { kind: 'parameter', after: 'text' },
    { kind: 'parameter', before: 'line' },
    ...[false, true].flatMap((before): readonly Change[] => [
      { kind: 'counted', name: 'value', before },
      { kind: 'declared', name: 'MODE', before },
    ]),
  ];
  expect(changes.map(describeChange).join('\n')).toMatchInlineSnapshot(`
    "parameter line is called text now
    parameter text is new
    parameter line is gone
    input value counts now
    variable MODE is declared now
    input value is ignored now
    variable MODE is declared no more"
  `);
});

test('Q6: the digest of an image is short in a sentence', () => {
  const image = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const change = { kind: 'platform', name: 'image', before: image('1') } as const;
  expect(describeChange({ ...change, after: `${image('2')} (not applied)` })).toBe(
    'image sha256:111111111111 → sha256:222222222222 (not applied)',
  );
});

test('of many changes three are told, and two name the group', () => {
  const changes = ['a', 'b', 'c', 'd', 'e'].map((name): Change => ({ ...symbol, name }));
  expect(table([{ kind: 'key-changed', changes }])).toMatchInlineSnapshot(
    `
    "src/a.ts#a, src/a.ts#b and 3 more changed
      src/a.ts#a changed, src/a.ts#b changed, src/a.ts#c changed and 2 more"
  `,
  );
});

test('R2: what was adopted says which run made it, and what is different today', () => {
  const reasons = [
    adopted(),
    adopted({ kind: 'key-changed', changes: [symbol] }),
    adopted({
      kind: 'observation-changed',
      before: { kind: 'file', path: 'data/a.csv', digest: before },
      after,
    }),
    adopted({ kind: 'child-changed', task: 'parse' }),
    adopted({ kind: 'code-unknown' }),
    adopted({ kind: 'too-old' }),
  ];
  expect(table(reasons).replaceAll('finished it (run 20261124-054405-1a2b3c, action 5)', '…'))
    .toMatchInlineSnapshot(`
    "finished before
      an earlier run …
    finished before, by earlier code
      an earlier run … by earlier code: src/a.ts#f changed
    finished before, from earlier data
      an earlier run … from earlier data: file data/a.csv changed
    finished before, with earlier results beneath
      an earlier run … with earlier results beneath: its call of parse has another outcome
    finished before, by earlier code
      an earlier run … by code that is not on record any more
    finished before, with earlier results beneath
      an earlier run … where today its result is older than its maxAge"
  `);
});
