import { expect, test } from 'vitest';
import { readPluginOptions } from './plugin-options.ts';

test('without options the targets have the names of their executors', () => {
  const names = { execute: 'execute', plan: 'plan', verify: 'verify' };
  expect(readPluginOptions(undefined)).toEqual(names);
  expect(readPluginOptions({ planTargetName: 'dry-run' })).toEqual({ ...names, plan: 'dry-run' });
});

test.each([
  [{ targetName: 'run' }, 'targetName  no such option'],
  [{ executeTargetName: '' }, 'executeTargetName  "", not the name of a target'],
  [{ executeTargetName: 7 }, 'executeTargetName  7, not the name of a target'],
  [{ executeTargetName: 'a:b' }, '"a:b", not the name of a target'],
  [{ executeTargetName: 'plan' }, 'of which two are the same'],
])('%j is refused by name', (options, message) => {
  expect(() => readPluginOptions(options as object)).toThrow(message);
});
