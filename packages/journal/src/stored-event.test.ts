import { expect, test } from 'vitest';
import { actionFinished, actionStarted } from '../test/sample.ts';
import { readEvent, storeEvent } from './stored-event.ts';

test('R1: which of identical calls an action was is kept, from its start to its end', () => {
  for (const event of [actionStarted(2, 1, { count: 3 }), actionFinished(2, 1, { count: 3 })]) {
    expect(readEvent(storeEvent(event))).toEqual(event);
  }
});

test('R1: a row of before that was written reads as the first of identical calls', () => {
  for (const event of [actionStarted(2, 1), actionFinished(2, 1)]) {
    expect(readEvent(storeEvent(event).slice(0, -1))).toEqual(event);
  }
});
