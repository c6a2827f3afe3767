import { encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import {
  actionFinished,
  actionStarted,
  keyOf,
  resultOf,
  runFinished,
  runStarted,
} from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { findDigest } from './find-digest.ts';

const given = inputDigest(encode('given'));
const inputs = [{ digest: keyOf('other') }, { digest: given }];

function usesOf(state: TestState, { folded }: { readonly folded: boolean }): string[] {
  const database = state.open();
  for (const name of ['a', 'b']) {
    const { journal } = state.journal(database);
    mustSucceed(journal.begin(runStarted(name)));
    journal.append(actionStarted(1, 0, { inputs: [] }));
    journal.append(actionStarted(2, 1, { inputs }));
    mustSucceed(folded ? journal.close() : journal.flush());
    journal.append(actionFinished(2, 1, { inputs }));
    journal.append(actionFinished(3, 1, { inputs: [], outcome: resultOf('given') }));
    if (name === 'b') journal.append(actionStarted(4, 1, { inputs }));
    else journal.append(runFinished());
    mustSucceed(folded ? journal.close() : journal.flush());
  }
  return [...findDigest(database.db, given)].map(
    ({ run, action, role, index }) => `${run}.${action} ${role} ${index}`,
  );
}

test.for([true, false])(
  'PARITY 9: every use of a value is found, the newest run first, each once (folded: %s)',
  (folded) => {
    using state = new TestState();
    const uses = usesOf(state, { folded });
    expect(uses.toSorted()).toEqual([
      'a.2 input 1',
      'a.3 outcome 0',
      'b.2 input 1',
      'b.3 outcome 0',
      'b.4 input 1',
    ]);
    expect(uses.map((use) => use.charAt(0)).join('')).toBe('bbbaa');
  },
);

test('PARITY 9: files of a result and its artifact are found', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  const files = Buffer.alloc(80);
  files.write('ab'.repeat(32), 40, 32, 'hex');
  files.writeUInt32BE(7, 76);
  const artifact = keyOf('artifact');
  const value = { at: 'artifact', artifact } as const;
  const outcome = { kind: 'result', digest: keyOf('large'), value, artifact, files } as const;
  journal.append(actionFinished(1, 0, { inputs, outcome }));
  mustSucceed(journal.close());
  const file = `${'ab'.repeat(32)}-7` as typeof given;
  expect([...findDigest(database.db, file)]).toMatchObject([{ action: 1, role: 'file', index: 1 }]);
  expect([...findDigest(database.db, artifact)]).toMatchObject([{ action: 1, role: 'artifact' }]);
  expect([...findDigest(database.db, keyOf('never seen'))]).toEqual([]);
});
