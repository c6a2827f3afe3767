import { expect, test } from 'vitest';
import type { ActionImage } from '@skein/model';
import { actionFinished, actionStarted, runStarted } from '../test/sample.ts';
import { foldRun } from './fold.ts';
import { readEvent, storeEvent } from './stored-event.ts';

test('R1: which of identical calls an action was is kept, from its start to its end', () => {
  for (const event of [actionStarted(2, 1, { count: 3 }), actionFinished(2, 1, { count: 3 })]) {
    expect(readEvent(storeEvent(event))).toEqual(event);
  }
});

test('R1: a row of before that was written reads as the first of identical calls', () => {
  for (const event of [actionStarted(2, 1), actionFinished(2, 1)]) {
    for (const fields of [1, 2]) {
      expect(readEvent(storeEvent(event).slice(0, -fields))).toEqual(event);
    }
  }
});

test('Q6: what an action ran in is kept with its start', () => {
  const digest = `sha256:${'1'.repeat(64)}`;
  const images: readonly ActionImage[] = [
    { digest, applied: true, name: 'acme/x:1', node: '26.10.0' },
    { digest, applied: true, name: 'acme/x:1' },
    { digest, applied: false },
    { digest, applied: true, network: true },
  ];
  for (const image of images) {
    const event = actionStarted(2, 1, { image });
    expect(readEvent(storeEvent(event))).toEqual(event);
    const state = foldRun([runStarted('r'), event], false);
    expect(state?.actions.get(2)?.image).toEqual(image);
  }
  expect(storeEvent(actionStarted(2, 1, { image: images[1] as ActionImage })).at(-1)).toEqual([
    digest,
    true,
    'acme/x:1',
    null,
  ]);
});

test('who had made a reused result is kept; where nobody else did, the reason is its kind', () => {
  const provenance = {
    writer: 'a'.repeat(64),
    scope: 'trusted',
    skein: '0.6.0',
    user: 'ada',
    at: 9,
  };
  const elsewhere = { provenance, run: 'theirs', action: 4, at: 7, durationMs: 3 };
  const found = { kind: 'reuse', reason: { kind: 'found' } } as const;
  const shared = { kind: 'reuse', reason: { kind: 'found', elsewhere } } as const;
  for (const verdict of [found, shared]) {
    const event = actionFinished(2, 1, { verdict });
    expect(readEvent(storeEvent(event))).toEqual(event);
  }
  expect(storeEvent(actionFinished(2, 1, { verdict: found }))[7]).toEqual([0, 'found']);
});
