import type { Reason } from '@skein/model';
import { expect, test } from 'vitest';
import { explainReason, nameReason } from './reason.ts';

const reasons: readonly Reason[] = [
  { kind: 'found' },
  { kind: 'joined' },
  { kind: 'caching-off' },
  { kind: 'forced' },
  { kind: 'never-executed' },
  { kind: 'key-changed', changed: ['code', 'input "rows"', 'input "n"'] },
  { kind: 'observation-changed', what: 'data/a.json' },
  { kind: 'child-changed', task: 'src/main.ts#parse' },
  { kind: 'bytes-missing', digest: 'ab12' },
  { kind: 'too-old' },
  { kind: 'failed-before' },
];

test('every reason is one sentence, and a few words to count by', () => {
  const lines = reasons.map((reason) => `${nameReason(reason)}: ${explainReason(reason)}`);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "unchanged: nothing it depends on changed
    joined one in flight: the same call was already in flight
    caching off: caching is off for it
    forced: everything was forced to execute
    never executed before: never executed before
    code and input changed: changed since it last executed: code, input "rows", input "n"
    observation changed: something it observed changed: data/a.json
    child changed: its call of src/main.ts#parse has another outcome
    bytes missing: the bytes of its result are gone: ab12
    too old: its result is older than its maxAge
    failed before: it failed before, and a failure is not reused for a running caller"
  `);
});
