import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { underBuildLock } from './build-lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-build-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('work under one name is done one after the other, under another beside it', async () => {
  const log: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
  const first = underBuildLock({ folder, name: 'a' }, async () => {
    isHeld();
    await underBuildLock({ folder, name: 'b' }, async () => log.push('other'));
    await gate;
    log.push('first');
  });
  await held;
  const second = underBuildLock({ folder, name: 'a' }, async () => log.push('second'));
  open();
  await Promise.all([first, second]);
  expect(log).toEqual(['other', 'first', 'second']);
});

test('the lock of a process that was killed is free', async () => {
  const hold = `
    import { underBuildLock } from ${JSON.stringify(join(import.meta.dirname, 'build-lock.ts'))};
    await underBuildLock({ folder: ${JSON.stringify(folder)}, name: 'a' }, () => {
      console.log('held');
      return new Promise((resolve) => setInterval(resolve, 1e9));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', hold], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const waiting = underBuildLock({ folder, name: 'a' }, async () => child.killed);
  // By the time that another is had, that one was refused.
  await underBuildLock({ folder, name: 'b' }, async () => undefined);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  // The system lets go of it before anybody is told that its holder has ended.
  expect(await waiting).toBe(true);
});

test('where no lock can be had the work is done all the same', async () => {
  expect(await underBuildLock({ folder: '/dev/null/locks', name: 'a' }, async () => 'done')).toBe(
    'done',
  );
});
