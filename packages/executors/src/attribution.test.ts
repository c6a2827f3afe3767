import { expect, test } from 'vitest';
import type { Watcher } from '@skein/tracking';
import { currentGroups, currentOwner, currentWatcher, ourselves, runAs } from './attribution.ts';
import type { Owner } from './attribution.ts';

const stranger = { name: 'stranger' } as unknown as Watcher;
const owners = ['one', 'two'].map((name): Owner => ({ watcher: { name } as unknown as Watcher }));
const [one, two] = owners as [Owner, Owner];

test('O9: code belongs to whoever started it, across everything it waits for', async () => {
  const seen = await Promise.all(
    owners.map((owner) =>
      runAs(owner, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return currentWatcher(stranger);
      }),
    ),
  );
  expect(seen).toEqual([one.watcher, two.watcher]);
});

test('what Skein does for an action is not what the action does', async () => {
  const seen = await runAs(one, async () => {
    const inside = await ourselves(async () => {
      await Promise.resolve();
      return [currentOwner(), currentWatcher(stranger)];
    });
    return [...inside, currentOwner()];
  });
  expect(seen).toEqual([undefined, undefined, one]);
});

test('code that lost its context is a stranger’s', () => {
  expect([currentOwner(), currentWatcher(stranger), currentGroups()]).toEqual([
    undefined,
    stranger,
    [],
  ]);
});
