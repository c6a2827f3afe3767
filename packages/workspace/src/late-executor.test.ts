import { fail } from '@skein/model';
import type { Failure } from '@skein/model';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import { LateExecutor } from './late-executor.ts';

const failure: Failure = {
  code: 'container-engine',
  kind: 'environment',
  headline: 'there is no engine',
  facts: [],
};
const bundle = {
  digest: digestOf('blob', 'bundle'),
  root: '/w',
  entry: 'main.ts',
  path: '/w/b/bundle.mjs',
  cwd: '/w',
};

test('is opened once; that it cannot be is told when something has to execute, once', async () => {
  let asked = 0;
  const told: Failure[] = [];
  const late = new LateExecutor({
    name: 'container',
    open: async () => {
      asked += 1;
      return fail(failure);
    },
    failed: (why) => void told.push(why),
    warn: () => undefined,
  });
  late.prepare();
  late.prepare();
  await late.close();
  expect(told).toEqual([]);

  expect(await late.load(bundle)).toEqual(fail(failure));
  expect(await late.load(bundle)).toEqual(fail(failure));
  expect(told).toEqual([failure]);
  expect(asked).toBe(1);
});
