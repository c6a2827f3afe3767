import { describe as group, expect, test } from 'vitest';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Observation, Observed, PlainObservation, TaskId } from '@skein/model';
import { NOTHING_YET, WaveRecorder } from './waves.ts';
import type { Recorded } from './waves.ts';

const task = 'src/a.ts#t' as TaskId;
const bytes = (text: string): Digest => digestOf('blob', text);
const file = (path: string, text: string | null): PlainObservation => ({
  kind: 'file',
  path,
  digest: text === null ? null : bytes(text),
});

function call(recorder: WaveRecorder): void {
  recorder.deliver(recorder.makeCall(task, [], undefined), bytes('outcome'));
}

function shown({ waves }: Recorded): readonly (readonly string[])[] {
  return waves.map((wave) => wave.map(describe));
}

function describe(seen: Observation): string {
  return seen.kind === 'file' ? seen.path : seen.kind;
}

/** Where everything is known, no promise is made of it. */
function finished(recorder: WaveRecorder): Recorded {
  const recorded = recorder.finish();
  if (recorded instanceof Promise) throw new Error('nothing was pending');
  return recorded;
}

test('W2: what was observed before a call is in a wave before that of its outcome', () => {
  const recorder = new WaveRecorder();
  recorder.observe(file('a', 'x'));
  call(recorder);
  recorder.observe(file('b', null));
  call(recorder);
  expect(shown(finished(recorder))).toEqual([['a'], ['call', 'b'], ['call']]);
});

test('W3: the same observation counts once, absence too', () => {
  const recorder = new WaveRecorder();
  for (const seen of [file('a', 'x'), file('b', null), file('a', 'x'), file('b', null)]) {
    recorder.observe(seen);
  }
  const recorded = finished(recorder);
  expect(shown(recorded)).toEqual([['a', 'b']]);
  expect(recorded.untraceable).toBeUndefined();
});

test('W3: what is asked of a path in different ways are different observations', () => {
  const recorder = new WaveRecorder();
  recorder.observe(file('a', 'x'));
  recorder.observe({ kind: 'listing', path: 'a', digest: null });
  recorder.observe({ kind: 'stat', path: 'a', aspect: 'exists', digest: null });
  recorder.observe({ kind: 'stat', path: 'a', aspect: 'lstat', digest: bytes('x') });
  const recorded = finished(recorder);
  expect(recorded.waves.flat()).toHaveLength(4);
  expect(recorded.untraceable).toBeUndefined();
});

test('O4: a file that is seen with two digests changed while the task ran', () => {
  const recorder = new WaveRecorder();
  recorder.observe(file('a', 'x'));
  recorder.observe(file('a', 'y'));
  const recorded = finished(recorder);
  expect(shown(recorded)).toEqual([['a', 'a']]);
  expect(recorded.untraceable).toBe('"a" changed while the task ran');
});

test('W1: what is known later has the place in which it was begun', async () => {
  const recorder = new WaveRecorder();
  const stream = Promise.withResolvers<PlainObservation | null>();
  recorder.observe(stream.promise);
  call(recorder);
  recorder.observe(file('b', 'x'));
  const finish = recorder.finish();
  stream.resolve(file('a', 'x'));
  expect(shown(await finish)).toEqual([['a'], ['call', 'b']]);
});

test('W1: what turns out to be nothing leaves no wave', async () => {
  const recorder = new WaveRecorder();
  recorder.observe(Promise.resolve(null));
  call(recorder);
  expect(shown(await recorder.finish())).toEqual([['call']]);
});

test('W3: of two equal observations the one that was begun first is kept', async () => {
  const recorder = new WaveRecorder();
  const stream = Promise.withResolvers<PlainObservation | null>();
  recorder.observe(stream.promise);
  call(recorder);
  recorder.observe(file('a', 'x'));
  stream.resolve(file('a', 'x'));
  const recorded = await recorder.finish();
  expect(shown(recorded)).toEqual([['a'], ['call']]);
  expect(recorded.untraceable).toBeUndefined();
});

test('O4: two digests are noticed too where one is known later', async () => {
  const recorder = new WaveRecorder();
  recorder.observe(Promise.resolve(file('a', 'x')));
  recorder.observe(file('a', 'y'));
  expect((await recorder.finish()).untraceable).toBe('"a" changed while the task ran');
});

test('O4: what cannot be hashed afterwards leaves no trace', async () => {
  const recorder = new WaveRecorder();
  recorder.observe(Promise.reject(new Error('gone')));
  expect((await recorder.finish()).untraceable).toBe(
    'what was read could not be read again to be hashed',
  );
});

group('what is inherited', () => {
  const observed: Observed = {
    waves: [[file('a', 'x')], [called(0), file('b', 'x')], [called(1)]],
    log: { length: 1, digest: bytes('log') },
    impurities: [{ kind: 'clock', what: 'Date.now()' }],
    untraceable: 'it wrote',
  };

  test('R5 P1: stands where it was taken, in its own order, before what follows', () => {
    const recorder = new WaveRecorder();
    recorder.observe(file('first', 'x'));
    recorder.inherit(observed);
    recorder.observe(file('last', 'x'));
    const recorded = finished(recorder);
    expect(shown(recorded)).toEqual([
      ['first', 'a'],
      ['call', 'b'],
      ['call', 'last'],
    ]);
    expect([recorded.impurities, recorded.untraceable]).toEqual([
      observed.impurities,
      observed.untraceable,
    ]);
    expect(recorder.logs).toEqual([observed.log]);
  });

  test('R5: a call that follows is counted after those that were made', () => {
    const recorder = new WaveRecorder();
    recorder.inherit(observed);
    expect(recorder.makeCall(task, [], undefined).count).toBe(2);
  });

  test('R4 O4: what is seen otherwise now costs the trace', () => {
    const recorder = new WaveRecorder();
    recorder.inherit({ waves: observed.waves, log: null, impurities: [] });
    recorder.observe(file('a', 'y'));
    expect(finished(recorder).untraceable).toBe('"a" changed while the task ran');
  });
});

test('R5: what was observed so far is told while more is observed', async () => {
  const recorder = new WaveRecorder();
  const { promise, resolve } = Promise.withResolvers<PlainObservation>();
  recorder.observe(file('a', 'x'));
  const first = recorder.position();
  expect(shown(await recorder.between(NOTHING_YET, first))).toEqual([['a']]);
  call(recorder);
  recorder.observe(promise);
  const second = recorder.position();
  const both = recorder.between(NOTHING_YET, second);
  const news = recorder.between(first, second);
  recorder.observe(file('c', 'x'));
  resolve(file('b', 'x'));
  expect(shown(await both)).toEqual([['a'], ['call', 'b']]);
  expect(shown(await news)).toEqual([[], ['call', 'b']]);
  const rest = recorder.between(second, recorder.position());
  expect(shown(await rest)).toEqual([['c']]);
  expect(shown(await recorder.finish())).toEqual([['a'], ['call', 'b', 'c']]);
});

function called(count: number): Observation {
  return { kind: 'call', task, inputs: [], outcome: bytes('outcome'), count };
}
