import { digestOf, encode, inputDigest, packDigests } from '@skein/values';
import type { TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import {
  EVERY_OBSERVATION,
  TASK,
  filesOf,
  keyOf,
  resultOf,
  sharedOf,
  traceOf,
  writerOf,
} from '../test/sample.ts';
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
    conformLearned(title, under);
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

function conformLearned(title: Title, under: Under): void {
  test(title('what others made is there like what was made here, and says who made it'), () => {
    const learned = sharedOf('a', { outcome: filesOf('artifact', 'file') });
    using tested = under(({ store }) => store.learn(learned));
    expect(tested.store.lookUp(learned.key)).toEqual([learned]);
    expect(tested.store.lookUpMany([learned.key, keyOf('b')])).toEqual(
      new Map([[learned.key, [learned]]]),
    );
    expect(tested.store.keysOfTask(TASK)).toEqual([learned.key]);
    expect(tested.store.artifactOf(digestOf('blob', 'file'))).toBe(digestOf('blob', 'artifact'));
  });

  test(title('a file that is known to lie here is not looked for where others keep it'), () => {
    using tested = under(({ record, store }) => {
      record(traceOf('a', { outcome: filesOf('near', 'one') }));
      store.learn(sharedOf('b', { outcome: filesOf('far', 'one', 'two') }));
    });
    expect(tested.store.artifactOf(digestOf('blob', 'one'))).toBe(digestOf('blob', 'near'));
    expect(tested.store.artifactOf(digestOf('blob', 'two'))).toBe(digestOf('blob', 'far'));
  });

  test(title('what is known already stays as it is, and is not learned'), () => {
    const own = traceOf('a');
    const first = sharedOf('b');
    using tested = under(({ record, store }) => {
      record(own);
      store.learn(sharedOf('a'));
      store.learn(first);
      store.learn(sharedOf('b', { action: 7 }, 'b'));
    });
    expect(tested.store.lookUp(own.key)).toEqual([own]);
    expect(tested.store.lookUp(first.key)).toEqual([first]);
  });

  test(title('what is made here takes the place of the same that was learned'), () => {
    const own = traceOf('a', { action: 5 });
    const other = sharedOf('a', { outcome: resultOf('another') });
    using tested = under(({ record, store }) => {
      store.learn(sharedOf('a'));
      store.learn(other);
      record(own);
    });
    expect(tested.store.lookUp(own.key)).toEqual([own, other]);
  });

  test(title('T6: a key that others know with another outcome ends every summary'), () => {
    const root = keyOf('root');
    using tested = under(({ record, store }) => {
      record(traceOf('a'));
      store.keepSummary(root, encode('summary'), store.generation('a run'));
      store.learn(sharedOf('b'));
    });
    expect(tested.store.summaryOf(root)).toEqual(encode('summary'));
    // Also where they claim to be of this very run.
    const { run } = traceOf('a');
    const since = tested.store.generation(run);
    tested.store.learn(sharedOf('a', { run, action: 1, outcome: resultOf('another') }));
    expect(tested.store.summaryOf(root)).toBeUndefined();
    tested.store.keepSummary(root, encode('again'), since);
    expect(tested.store.summaryOf(root)).toBeUndefined();
  });

  test(title('the traces of writers are forgotten, for good, and nobody else is'), () => {
    const own = traceOf('a', { outcome: resultOf('own') });
    const root = keyOf('root');
    const kept = sharedOf('b', {}, 'b');
    using tested = under(({ record, store }) => {
      record(own);
      store.learn(sharedOf('a'));
      store.learn(kept);
      store.learn(sharedOf('c'));
    });
    const { store } = tested;
    store.keepSummary(root, encode('summary'), store.generation('a run'));
    expect(store.forgetWriters(new Set([writerOf('a'), writerOf('c')]))).toBe(2);
    expect(store.lookUp(own.key)).toEqual([own]);
    expect(store.lookUp(kept.key)).toEqual([kept]);
    expect(store.lookUp(keyOf('c'))).toEqual([]);
    expect([...store.lookUpMany(['a', 'b', 'c'].map(keyOf)).keys()]).toHaveLength(2);
    expect(new Set(store.keysOfTask(TASK))).toEqual(new Set([own.key, kept.key]));
    expect(store.summaryOf(root)).toBeUndefined();
    store.learn(sharedOf('d'));
    expect(store.lookUp(keyOf('d'))).toEqual([]);
    expect(store.forgetWriters(new Set([writerOf('a')]))).toBe(0);
  });

  test(title('to forget writers of whom nothing is known changes nothing'), () => {
    const root = keyOf('root');
    using tested = under(({ store }) => {
      store.learn(sharedOf('a'));
      store.keepSummary(root, encode('summary'), store.generation('a run'));
    });
    expect(tested.store.forgetWriters(new Set([writerOf('b')]))).toBe(0);
    expect(tested.store.lookUp(keyOf('a'))).toHaveLength(1);
    expect(tested.store.summaryOf(root)).toEqual(encode('summary'));
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
