import type { Isolation } from '@skein/model';
import { describe, expect, it } from 'vitest';
import { type ExecutorChoice, NO_IMAGE, imageFor } from './image-for.ts';

type Row = readonly [ExecutorChoice | undefined, string | undefined, Isolation | undefined];

/** Command, image of the task, isolation of the task; where the default image is "base". */
const CASES: readonly (readonly [...Row, string | undefined])[] = [
  [undefined, undefined, undefined, undefined],
  [undefined, 'own', undefined, 'own'],
  [undefined, 'own', 'container', 'own'],
  [undefined, undefined, 'container', 'base'],
  [undefined, 'own', 'process', undefined],
  [undefined, 'own', 'inline', undefined],
  ['container', undefined, undefined, 'base'],
  ['container', 'own', undefined, 'own'],
  ['container', undefined, 'container', 'base'],
  ['container', 'own', 'process', undefined],
  ['container', undefined, 'inline', undefined],
  ['pool', 'own', undefined, undefined],
  ['pool', undefined, 'container', undefined],
  ['inline', 'own', 'container', undefined],
];

describe('where a task runs', () => {
  it.each(CASES)(
    'Q6: --executor %s, image %s, isolation %s: %s',
    (wanted, image, isolation, expected) => {
      const options = {
        ...(image === undefined ? {} : { image }),
        ...(isolation === undefined ? {} : { isolation }),
      };
      expect(imageFor(wanted, 'base')(options)).toBe(expected);
      const withoutDefault = expected === 'base' ? NO_IMAGE : expected;
      expect(imageFor(wanted, undefined)(options)).toBe(withoutDefault);
    },
  );
});
