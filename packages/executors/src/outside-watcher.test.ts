import { expect, test } from 'vitest';
import type { Impurity, PlainObservation } from '@skein/model';
import { OutsideWatcher } from './outside-watcher.ts';
import { ProcessLog } from './process-log.ts';

const seen: PlainObservation = { kind: 'file', path: 'a.txt', digest: null };
const clock: Impurity = { kind: 'clock', what: 'Date.now()', at: 'src/a.ts:3:5' };

function bench() {
  const log = new ProcessLog({ history: true });
  const written: string[] = [];
  const watcher = new OutsideWatcher({ log, wrote: (path) => written.push(path) });
  return { log, written, watcher };
}

test('O3: what modules see while they are loaded goes to the log', async () => {
  const { log, watcher } = bench();
  watcher.observe(seen);
  watcher.observe(Promise.resolve({ ...seen, path: 'b.txt' }));
  await log.prefix();
  expect(log.whole()?.length).toBe(2);
});

test('O5: a module that writes costs all actions of its process their traces', () => {
  const { log, written, watcher } = bench();
  watcher.wrote('out/a.txt', 'mkdirSync', 'src/a.ts:3:5');
  expect(written).toEqual(['out/a.txt']);
  expect(log.untraceable).toContain('mkdirSync at src/a.ts:3:5 wrote "out/a.txt"');
});

test('O8: a clock that an author’s module looks at is in every action', () => {
  const { log, watcher } = bench();
  watcher.impure({ kind: 'randomness', what: 'Math.random()' });
  watcher.impure({ kind: 'clock', what: 'Date.now()', at: 'package left-pad' });
  expect(log.impurities).toEqual([]);
  watcher.impure(clock);
  expect([log.impurities, log.outsideImpurity]).toEqual([[clock], clock]);
});

test('O8: setting a variable is no impurity while modules set up', () => {
  const { log, watcher } = bench();
  const assigned: Impurity = { kind: 'module-state', what: 'process.env.A', at: 'src/a.ts:1:1' };
  watcher.impure(assigned);
  expect(log.impurities).toEqual([]);
  watcher.loaded();
  watcher.impure(assigned);
  expect(log.impurities).toEqual([assigned]);
});

test('lines are not looked for without end', () => {
  const { watcher } = bench();
  let asked = 0;
  while (!watcher.knows('clock', 'Date.now()')) asked += 1;
  expect(asked).toBe(100);
});
