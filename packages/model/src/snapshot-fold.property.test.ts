import fc from 'fast-check';
import { digestOf, encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import type { SavedSnapshot } from './checkpoint.ts';
import type { Observation, Wave } from './observation.ts';
import type { ResultOutcome } from './outcome.ts';
import { SnapshotFold } from './snapshot-fold.ts';
import { readSnapshot, storeSnapshot } from './stored-checkpoint.ts';

/** What one action does: it sees a file, a wave ends, it saves, or it begins anew. */
const step = fc.constantFrom('see', 'cut', 'save', 'again');

function result(value: number): ResultOutcome {
  const bytes = encode(value);
  return { kind: 'result', digest: inputDigest(bytes), value: { at: 'inline', bytes } };
}

function seen(number: number): Observation {
  return { kind: 'file', path: `${number}`, digest: digestOf('blob', `${number}`) };
}

test('R5: saves that say what is new come to what one would say that says all', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const fold = new SnapshotFold();
      let all: Observation[][] = [[]];
      let news: Observation[][] = [[]];
      let continues = false;
      let whole: readonly Wave[] | undefined;
      for (const [index, what] of steps.entries()) {
        if (what === 'see') for (const waves of [all, news]) waves.at(-1)?.push(seen(index));
        if (what === 'cut') for (const waves of [all, news]) waves.push([]);
        if (what === 'again') [all, news, continues] = [[[]], [[]], false];
        if (what !== 'save') continue;
        const checkpoint = 'skein#uuid' as never;
        const drawn = [{ checkpoint, args: digestOf('inputs', ''), count: index }];
        const saved: SavedSnapshot = {
          value: result(index),
          observed: { waves: news, log: null, impurities: [] },
          ...(index % 2 === 0 && { drawn }),
          ...(continues && { continues: true }),
        };
        expect(readSnapshot(storeSnapshot(saved))).toEqual(saved);
        fold.add(saved);
        whole = all.filter((wave) => wave.length > 0).map((wave) => [...wave]);
        const { value, observed, drawn: last } = fold.whole() ?? {};
        expect([value, last]).toEqual([saved.value, saved.drawn]);
        expect(observed?.waves).toEqual(whole);
        news = [[]];
        continues = true;
      }
      expect(fold.whole()?.observed.waves).toEqual(whole);
    }),
  );
});
