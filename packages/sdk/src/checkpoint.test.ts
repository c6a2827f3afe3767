import { afterEach, expect, test } from 'vitest';
import { checkpoint } from './checkpoint.ts';
import { setHost } from './host.ts';
import type { ActionScope, Host, ScopedCheckpoint } from './host.ts';
import { createRegistry } from './registry.ts';

afterEach(() => setHost(undefined));

/** An action that runs every checkpoint, and notes what it was asked. */
function inAction(): ScopedCheckpoint[] {
  const asked: ScopedCheckpoint[] = [];
  const scope: Pick<ActionScope, 'checkpoint'> = {
    checkpoint: async (call) => {
      asked.push(call);
      return await call.run(...call.args);
    },
  };
  setHost({ scope: () => scope as ActionScope, files: {} as Host['files'] });
  return asked;
}

test('R4: in a plain program a checkpoint is its function', async () => {
  const add = checkpoint(async (a: number, b = 1) => a + b);
  expect([await add(1, 2), await add(1)]).toEqual([3, 2]);
  const failing = checkpoint(() => {
    throw new RangeError('at once');
  });
  await expect(failing()).rejects.toThrow('at once');
});

test('R4: in an action it asks by its id and with its arguments as they were given', async () => {
  const add = checkpoint(async (a: number, b = 1) => a + b);
  createRegistry().register('src/a.ts', { add: () => add, again: () => add });
  const asked = inAction();
  expect([await add(1, 2), await add(1)]).toEqual([3, 2]);
  expect(asked.map(({ checkpoint, args }) => [checkpoint, args])).toEqual([
    ['src/a.ts#add', [1, 2]],
    ['src/a.ts#add', [1]],
  ]);
});

test('R4: one that nothing registered has no record to be found in', async () => {
  const lost = checkpoint(async () => 1);
  inAction();
  await expect(lost()).rejects.toMatchObject({ failure: { code: 'checkpoint-unnamed' } });
});

test('a checkpoint has the name and the length of its function', () => {
  const named = checkpoint(async function load(_path: string, _n: number) {});
  expect([named.name, named.length]).toEqual(['load', 2]);
});
