import { encode } from '@skein/values';
import { expect, test } from 'vitest';
import { keyOf, resultOf, traceOf } from '../test/sample.ts';
import type { StoreUnderTest } from '../test/store-under-test.ts';

type Title = (text: string) => string;
type Under = (fill: (tested: StoreUnderTest) => void) => StoreUnderTest;

const BODY = encode('a summary');
const ROOT = keyOf('root');

/** What every `TraceStore` does about deep summaries and their generation (T6). */
export function conformSummaries(title: Title, under: Under): void {
  const kept = (tested: StoreUnderTest): void => {
    tested.record(traceOf('child', { action: 1 }));
    tested.store.keepSummary(ROOT, BODY, tested.store.generation('a run'));
  };

  test(title('T6: a summary is found by its key, the last one that was kept'), () => {
    using tested = under((filled) => {
      filled.store.keepSummary(ROOT, encode('an older one'), filled.store.generation('a run'));
      kept(filled);
    });
    expect(tested.store.summaryOf(ROOT)).toEqual(BODY);
    expect(tested.store.summaryOf(keyOf('another'))).toBeUndefined();
  });

  test(title('T6: a key that comes to another outcome ends every summary'), () => {
    using tested = under((filled) => {
      kept(filled);
      filled.record(traceOf('child', { action: 2, outcome: resultOf('another') }));
    });
    expect(tested.store.summaryOf(ROOT)).toBeUndefined();
  });

  test(title('T6: a new key, and the same outcome again, end none'), () => {
    using tested = under((filled) => {
      kept(filled);
      filled.record(traceOf('child', { action: 2, waves: [[]] }));
      filled.record(traceOf('another', { action: 3 }));
    });
    expect(tested.store.summaryOf(ROOT)).toEqual(BODY);
  });

  test(title('T6: a raise by hand ends every summary'), () => {
    using tested = under((filled) => {
      kept(filled);
      filled.store.raiseGeneration();
    });
    expect(tested.store.summaryOf(ROOT)).toBeUndefined();
  });

  test(title('T6: a summary whose traces changed while it was made is not kept'), () => {
    using tested = under((filled) => {
      filled.record(traceOf('child', { action: 1 }));
      const since = filled.store.generation('a run');
      filled.record(traceOf('child', { action: 2, outcome: resultOf('another') }));
      filled.store.keepSummary(ROOT, BODY, since);
    });
    expect(tested.store.summaryOf(ROOT)).toBeUndefined();
  });

  test(title('T6: what the run itself came to since does not end its summary'), () => {
    using tested = under((filled) => {
      filled.record(traceOf('child', { action: 1 }));
      const since = filled.store.generation(traceOf('child').run);
      filled.record(traceOf('child', { action: 2, outcome: resultOf('another') }));
      filled.store.keepSummary(ROOT, BODY, since);
    });
    expect(tested.store.summaryOf(ROOT)).toEqual(BODY);
  });

  test(title('T6: a change that was seen before a summary was made does not end it'), () => {
    using tested = under((filled) => {
      filled.record(traceOf('child', { action: 1 }));
      filled.record(traceOf('child', { action: 2, outcome: resultOf('another') }));
      filled.store.keepSummary(ROOT, BODY, filled.store.generation('a run'));
    });
    expect(tested.store.summaryOf(ROOT)).toEqual(BODY);
  });

  test(title('T6: a summary that ended can be kept again'), () => {
    using tested = under((filled) => {
      kept(filled);
      filled.store.raiseGeneration();
      kept(filled);
    });
    expect(tested.store.summaryOf(ROOT)).toEqual(BODY);
  });
}
