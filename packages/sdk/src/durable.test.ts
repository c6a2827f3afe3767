import { afterEach, expect, test } from 'vitest';
import { durable } from './durable.ts';
import type { Duration } from './duration.ts';
import { setHost } from './host.ts';
import type { ActionScope, Host, ScopedCheckpoint } from './host.ts';
import { snapshot } from './snapshot.ts';

afterEach(() => setHost(undefined));

/** An action whose checkpoints all came to `recorded` before. */
function replaying(recorded: unknown, signal: AbortSignal): ScopedCheckpoint[] {
  const asked: ScopedCheckpoint[] = [];
  const scope: Pick<ActionScope, 'checkpoint' | 'signal'> = {
    signal,
    checkpoint: async (call) => {
      asked.push(call);
      return recorded;
    },
  };
  setHost({ scope: () => scope as ActionScope, files: {} as Host['files'] });
  return asked;
}

const NEVER = new AbortController().signal;

test('R4: in a plain program durable is the clock, randomness and a timer', async () => {
  expect(await durable.now()).toBeTypeOf('number');
  const random = await durable.random();
  expect([random >= 0, random < 1]).toEqual([true, true]);
  expect(await durable.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
  await durable.sleep('1ms');
});

test('R4 O8: in an action each is a checkpoint, and says what is impure about it', async () => {
  const asked = replaying(0, NEVER);
  expect([await durable.now(), await durable.random(), await durable.uuid()]).toEqual([0, 0, 0]);
  await durable.sleep('1h');
  expect(asked.map(({ checkpoint, args, impure }) => [checkpoint, args, impure])).toEqual([
    ['skein#now', [], { kind: 'clock', what: 'durable.now' }],
    ['skein#random', [], { kind: 'randomness', what: 'durable.random' }],
    ['skein#uuid', [], { kind: 'randomness', what: 'durable.uuid' }],
    ['skein#sleep', [3_600_000], { kind: 'clock', what: 'durable.sleep' }],
  ]);
});

test('R4: a sleep takes its length at most, also where the clock was set back', async () => {
  replaying(Number.MAX_SAFE_INTEGER, NEVER);
  await expect(durable.sleep('1ms')).resolves.toBeUndefined();
});

test('X5: a sleep ends with the signal of its action', async () => {
  const controller = new AbortController();
  replaying(Number.MAX_SAFE_INTEGER, controller.signal);
  const slept = durable.sleep('30d');
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new RangeError('stopped'));
  await expect(slept).rejects.toThrow('stopped');
  await expect(durable.sleep('30d')).rejects.toThrow('stopped');
});

test('a sleep of no duration is refused', async () => {
  await expect(durable.sleep('soon' as Duration)).rejects.toMatchObject({
    failure: { code: 'option-invalid' },
  });
});

test('R5: outside of a run a snapshot saves nothing, and has nothing', async () => {
  await snapshot.save({ epoch: 1 });
  expect(await snapshot.load()).toBeUndefined();
});
