import { afterEach, expect, test } from 'vitest';
import { group } from './group.ts';
import { setHost } from './host.ts';
import type { ActionScope, Host } from './host.ts';

afterEach(() => setHost(undefined));

test('in a plain program a group calls its function', async () => {
  expect(await group('parse', async () => 3)).toBe(3);
});

test('inside an action the scope runs it under its name', async () => {
  const names: string[] = [];
  const scope: Pick<ActionScope, 'group'> = {
    group: (name, fn) => {
      names.push(name);
      return fn();
    },
  };
  setHost({ scope: () => scope as ActionScope, files: {} as Host['files'] });
  expect(await group('parse', () => group('html', async () => 4))).toBe(4);
  expect(names).toEqual(['parse', 'html']);
});

test('a group without a name is refused', async () => {
  await expect(group('', async () => 1)).rejects.toThrow("option 'name' of group");
});
