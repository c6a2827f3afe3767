import { expect, test } from 'vitest';
import { FailureError } from '@skein/model';
import type { PlainObservation } from '@skein/model';
import { ActionWatcher } from './action-watcher.ts';
import { ProcessLog } from './process-log.ts';
import type { Recorded } from './waves.ts';
import { WaveRecorder } from './waves.ts';

const seen: PlainObservation = { kind: 'file', path: 'a.txt', digest: null };
const clock = { kind: 'clock', what: 'Date.now()', at: 'src/a.ts:3:5' } as const;

function bench({ retains = false, strict = false } = {}) {
  const recorder = new WaveRecorder();
  const log = new ProcessLog({ history: false });
  const listener = log.listen();
  const told: string[] = [];
  const raised: FailureError[] = [];
  const watcher = new ActionWatcher({
    recorder,
    log,
    retains,
    strict,
    host: { wrote: (path) => told.push(path) },
    raise: (error) => raised.push(error),
  });
  const logged = async (): Promise<number> => {
    await log.prefix();
    return listener.take().flatMap((chunk) => chunk.observations).length;
  };
  return { watcher, log, told, raised, logged, recorded: () => recorder.finish() as Recorded };
}

test('O3: what an action observes that keeps nothing stays out of the log', async () => {
  const { watcher, logged, recorded } = bench();
  watcher.observe(seen, null);
  expect([recorded().waves, await logged()]).toEqual([[[seen]], 0]);
});

test('O3: what the task or a package could have kept goes to the log too', async () => {
  const keeping = bench({ retains: true });
  keeping.watcher.observe(seen, null);
  expect([keeping.recorded().waves, await keeping.logged()]).toEqual([[[seen]], 1]);
  const through = bench();
  through.watcher.observe(seen, 'left-pad');
  expect([through.recorded().waves, await through.logged()]).toEqual([[[seen]], 1]);
});

test('O3: code that goes on after the end of its action can still keep what it sees', async () => {
  const keeping = bench({ retains: true });
  const other = bench();
  for (const { watcher } of [keeping, other]) {
    watcher.end();
    watcher.observe(seen, null);
    watcher.observe(Promise.reject(new Error('gone')), null);
  }
  expect([keeping.recorded().waves, await keeping.logged()]).toEqual([[], 1]);
  expect([other.recorded().waves, await other.logged()]).toEqual([[], 0]);
});

test('O5: who writes leaves no trace; the path is told once, before it is written', () => {
  const { watcher, told, recorded } = bench();
  watcher.wrote('out/a.txt', 'writeFileSync', 'src/a.ts:3:5');
  watcher.wrote('out/a.txt', 'appendFileSync', 'src/a.ts:4:5');
  expect(told).toEqual(['out/a.txt']);
  expect(recorded().untraceable).toBe(
    'writeFileSync at src/a.ts:3:5 wrote "out/a.txt": ' +
      'write below context().scratch, and hand on a File or Dir',
  );
});

test('O5: a strict action writes nothing, and ends whatever it makes of the error', () => {
  const { watcher, told, raised } = bench({ strict: true });
  const write = (): void => watcher.wrote('out/a.txt', 'writeFileSync', 'src/a.ts:3:5');
  expect(write).toThrow(FailureError);
  expect(told).toEqual([]);
  expect(raised.map(({ failure }) => [failure.code, failure.headline])).toEqual([
    [
      'undeclared-write',
      '"out/a.txt" would be written by writeFileSync at src/a.ts:3:5, and no result declares it',
    ],
  ]);
});

test('O8: impurities are recorded with their line, each once', () => {
  const { watcher, recorded } = bench();
  expect(watcher.knows('clock', 'Date.now()')).toBe(false);
  watcher.impure(clock);
  watcher.impure({ ...clock, at: 'src/a.ts:9:9' });
  expect(watcher.knows('clock', 'Date.now()')).toBe(true);
  expect(recorded().impurities).toEqual([clock]);
});

test('O8: a strict action ends with the first impurity', () => {
  const { watcher, raised } = bench({ strict: true });
  expect(() => watcher.impure(clock)).toThrow(
    'Date.now() at src/a.ts:3:5 is not reproducible, and the task is strict',
  );
  expect(raised.map(({ failure }) => failure.code)).toEqual(['impure']);
});

test('O3 O8: a value that is kept takes its impurity with it', () => {
  const keeping = bench({ retains: true });
  keeping.watcher.impure(clock);
  expect(keeping.log.impurities).toEqual([clock]);
  const other = bench();
  other.watcher.impure(clock);
  expect(other.log.impurities).toEqual([]);
});

test('O3 O4: what was not seen for certain is not certain for those who use it either', () => {
  const keeping = bench({ retains: true });
  keeping.watcher.untraceable('it changed');
  expect(keeping.log.untraceable).toBe('it changed');
  const other = bench();
  other.watcher.untraceable('it changed');
  expect([other.log.untraceable, other.recorded().untraceable]).toEqual([undefined, 'it changed']);
});
