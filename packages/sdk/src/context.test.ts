import { existsSync, readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { context } from './context.ts';
import { setHost } from './host.ts';
import type { ActionScope, Host } from './host.ts';

afterEach(() => setHost(undefined));

test('in a plain program there is a context of no run', () => {
  const { run, action, attempt, signal, progress, scratch } = context();
  expect({ run, action, attempt, aborted: signal.aborted }).toEqual({
    run: 'none',
    action: 0,
    attempt: 1,
    aborted: false,
  });
  progress(1, 2);
  expect(existsSync(scratch)).toBe(true);
  expect(readdirSync(scratch)).toEqual([]);
  expect(context().scratch).not.toBe(scratch);
});

test('inside an action it is that of the action, read when asked for', () => {
  const asked: string[] = [];
  const scope = {
    get run() {
      asked.push('run');
      return 'r1';
    },
    attempt: 2,
    progress: (done: number, total?: number) => asked.push(`${done}/${total}`),
  };
  setHost({ scope: () => scope as unknown as ActionScope, files: {} as Host['files'] });
  const own = context();
  expect(own.attempt).toBe(2);
  expect(asked).toEqual([]);
  expect(own.run).toBe('r1');
  own.progress(3, 4);
  expect(asked).toEqual(['run', '3/4']);
});
