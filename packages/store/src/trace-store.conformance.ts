import { digestOf, encode, inputDigest, packDigests } from '@skein/values';
import type { TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import { EVERY_OBSERVATION, TASK, filesOf, keyOf, resultOf, traceOf } from '../test/sample.ts';
import type { StoreUnderTest } from '../test/store-under-test.ts';
import { conformSummaries } from './summaries.conformance.ts';
import { KEYS_PER_TASK, TRACES_PER_KEY } from './trace-store.ts';

/** What every `TraceStore` does, at once and after it has settled. */
export function conformTraceStore(name: string, make: () => StoreUnderTest): void {
  for (const settled of [false, true]) {
    const suffix = settled ? 'settled' : 'at once';
    const title = (text: string) => `${name}, ${suffix}: ${text}`;
    const under = (fill: (tested: StoreUnderTest) => void): StoreUnderTest => {
      const tested = make();
      fill(tested);
      if (settled) tested.settle();
      return tested;
    };
    conformTraces(title, under);
    conformBytes(title, under);
    conformSummaries(title, under);
  }
}

type Title = (text: string) => string;
type Under = (fill: (tested: StoreUnderTest) => void) => StoreUnderTest;

function conformTraces(title: Title, under: Under): void {
  test(title('T2 traces of a key come newest first, whole'), () => {
    const traces = ['one', 'two', 'three'].map((value, index) =>
      traceOf('a', { outcome: resultOf(value), action: index + 1 }),
    );
    using tested = under(({ record }) => traces.forEach(record));
    expect(tested.store.lookUp(keyOf('a'))).toEqual(traces.toReversed());
    expect(tested.store.lookUp(keyOf('b'))).toEqual([]);
  });

  test(title('T1 waves are kept with every kind of observation'), () => {
    const trace = traceOf('a', { waves: EVERY_OBSERVATION });
    using tested = under(({ record }) => record(trace));
    expect(tested.store.lookUp(trace.key)).toEqual([trace]);
  });

  test(title('the same waves and outcome again take the place of the earlier trace'), () => {
    const first = traceOf('a', { waves: EVERY_OBSERVATION, action: 1 });
    const other = traceOf('a', { action: 2 });
    const again = traceOf('a', { waves: EVERY_OBSERVATION, action: 3 });
    using tested = under(({ record }) => [first, other, again].forEach(record));
    expect(tested.store.lookUp(keyOf('a'))).toEqual([again, other]);
  });

  test(title('only the newest traces of a key are kept'), () => {
    const many = Array.from({ length: TRACES_PER_KEY + 5 }, (_, index) =>
      traceOf('a', { outcome: resultOf(index), action: index + 1 }),
    );
    using tested = under(({ record }) => many.forEach(record));
    const newest = many.toReversed().slice(0, TRACES_PER_KEY);
    expect(tested.store.lookUp(keyOf('a'))).toEqual(newest);
  });

  test(title('many keys are looked up at once, and give what each gives alone'), () => {
    const names = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    const traces = names.flatMap((name, index) => [
      traceOf(name, { outcome: resultOf('old'), action: index * 2 + 1 }),
      traceOf(name, { outcome: resultOf('new'), action: index * 2 + 2 }),
    ]);
    using tested = under(({ record }) => traces.forEach(record));
    const keys = [...names, 'unknown'].map(keyOf);
    const found = tested.store.lookUpMany(keys);
    expect(found.size).toBe(names.length);
    for (const key of keys) expect(found.get(key) ?? []).toEqual(tested.store.lookUp(key));
    expect(tested.store.lookUpMany([])).toEqual(new Map());
  });

  test(title('the newest keys of a task are known, each once'), () => {
    const names = Array.from({ length: KEYS_PER_TASK + 4 }, (_, index) => `key ${index}`);
    const traces = [...names, 'key 7'].map((name, action) => traceOf(name, { action }));
    const other = traceOf('other', { task: 'src/main.ts#other' as TaskId, action: 99 });
    using tested = under(({ record }) => [...traces, other].forEach(record));
    const expected = ['key 7', ...names.toReversed().filter((name) => name !== 'key 7')];
    const keys = tested.store.keysOfTask(TASK);
    expect(keys).toEqual(expected.slice(0, KEYS_PER_TASK).map(keyOf));
    expect(tested.store.keysOfTask(other.task)).toEqual([other.key]);
    expect(tested.store.keysOfTask('src/main.ts#none' as TaskId)).toEqual([]);
  });
}

function conformBytes(title: Title, under: Under): void {
  const bytes = encode('some value');
  const digest = inputDigest(bytes);

  test(title('T5 values are kept by digest; one that does not fit its digest is missing'), () => {
    const wrong = inputDigest(encode('another'));
    using tested = under(({ store }) => {
      store.rememberValue(digest, bytes);
      store.rememberValue(wrong, bytes);
    });
    expect(tested.store.valueOf(digest)).toEqual(bytes);
    expect(tested.store.valueOf(wrong)).toBeUndefined();
    expect(tested.store.valueOf(keyOf('absent'))).toBeUndefined();
  });

  test(title('bytes are kept by kind and key, the last ones'), () => {
    const key = keyOf('a');
    using tested = under(({ store }) => {
      store.keep('manifest', key, encode('old'));
      store.keep('manifest', key, encode('new'));
      store.keep('table', key, bytes);
    });
    expect(tested.store.kept('manifest', key)).toEqual(encode('new'));
    expect(tested.store.kept('table', key)).toEqual(bytes);
    expect(tested.store.kept('text', key)).toBeUndefined();
    expect(tested.store.kept('manifest', keyOf('b'))).toBeUndefined();
  });

  test(title('the artifact that holds a file is known'), () => {
    const [one, two, three] = ['one', 'two', 'three'].map((text) => digestOf('blob', text));
    if (one === undefined || two === undefined || three === undefined) return;
    const newer = digestOf('blob', 'newer');
    using tested = under(({ record, store }) => {
      record(traceOf('a', { outcome: filesOf('older', 'one', 'two') }));
      store.rememberFiles(newer, packDigests([two, three]));
    });
    expect(tested.store.artifactOf(one)).toBe(digestOf('blob', 'older'));
    expect(tested.store.artifactOf(three)).toBe(newer);
    expect(tested.store.artifactOf(two)).toBeDefined();
    expect(tested.store.artifactOf(digestOf('blob', 'unknown'))).toBeUndefined();
  });
}
