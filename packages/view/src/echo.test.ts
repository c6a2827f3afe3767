import type { ActionLogged } from '@skein/model';
import { expect, test } from 'vitest';
import { startedEvent } from '../test/example-run.ts';
import { Echo } from './echo.ts';
import { plain } from './style.ts';
import { Tally } from './tally.ts';

function logged(action: number, text: string): ActionLogged {
  return { kind: 'action-logged', at: 0, action, stream: 'stdout', text };
}

test('what an action prints is shown with the name of its task', () => {
  const tally = new Tally();
  tally.observe(startedEvent({ action: 2, task: 'train' }));
  const echo = new Echo(tally, plain);
  expect(echo.show(logged(2, 'epoch 1\nloss 0.2\n'))).toBe('train | epoch 1\ntrain | loss 0.2');
  expect(echo.show(logged(3, 'late'))).toBe('action 3 | late');
  expect(echo.show({ ...logged(0, 'odd'), worker: 'worker 1' })).toBe('worker 1 | odd');
});

test('a chatty task is cut off once, with a word', () => {
  const tally = new Tally();
  for (const action of [2, 3]) tally.observe(startedEvent({ action, task: 'features' }));
  const echo = new Echo(tally, plain);
  expect(echo.show(logged(2, 'x\n'.repeat(49)))?.split('\n')).toHaveLength(49);
  expect(echo.show(logged(3, 'y\nz\nz\n'))).toBe(
    'features | y\nfeatures | … further lines are in "skein show"',
  );
  expect(echo.show(logged(2, 'x\n'))).toBeUndefined();
});
