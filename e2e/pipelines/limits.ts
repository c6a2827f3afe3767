import { spawnSync } from 'node:child_process';
import { environment, OutOfMemoryError, TimeoutError, WorkerLostError } from 'skein';

const env = environment({ name: 'limits' });
const small = { resources: { memory: '512Mi' } } as const;

/** A child that takes memory until it has enough, and says how much. */
const HUNGRY = `const kept = [];
for (let taken = 0; taken < 2048; taken += 64) kept.push(Buffer.alloc(64 << 20, 1));
console.log(kept.length);`;

type Way = 'heap' | 'buffers' | 'subprocess';

/** Takes two gibibytes, one way or another. */
export const hungry = env.task(small, async (way: Way, mebibytes: number): Promise<number> => {
  const kept: unknown[] = [];
  if (way === 'subprocess') {
    const { stdout } = spawnSync(process.execPath, ['-e', HUNGRY], { encoding: 'utf8' });
    return Number(stdout);
  }
  for (let taken = 0; taken < mebibytes; taken += 8) {
    kept.push(way === 'heap' ? Array.from({ length: 1 << 20 }, (_, at) => at + taken) : fill());
    await new Promise((resolve) => setImmediate(resolve));
  }
  return kept.length;
});

function fill(): Buffer {
  return Buffer.alloc(8 << 20, 1);
}

/** Too much first; then less, with more memory. */
export const memory = env.task(async (way: Way): Promise<string> => {
  try {
    return String(await hungry(way, 2_048));
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    const more = hungry.override({ resources: { memory: '1Gi' } });
    return `out of memory, then ${await more('buffers', 600)}`;
  }
});

export const spin = env.task({ timeout: '300ms' }, async (): Promise<never> => {
  for (;;) Math.random();
});
export const leave = env.task(async (): Promise<never> => process.exit(3));
export const crash = env.task(async (): Promise<void> => {
  process.kill(process.pid, 'SIGSEGV');
  await new Promise(() => undefined);
});
export const flood = env.task(async (): Promise<string> => {
  const line = `${'x'.repeat(99)}\n`.repeat(10_000);
  for (let count = 0; count < 100; count += 1) process.stdout.write(line);
  return 'still here';
});
export const fine = env.task(async (value: number): Promise<number> => value + 1);

/** Everything that can happen to a task, beside one that nothing happens to. */
export const trouble = env.task(async (): Promise<readonly string[]> => {
  const told = async (call: Promise<unknown>): Promise<string> => {
    try {
      return String(await call);
    } catch (error) {
      if (error instanceof TimeoutError) return `TimeoutError ${error.bound}`;
      if (error instanceof WorkerLostError) return `WorkerLostError ${error.message}`;
      return error instanceof Error ? `${error.name} ${error.message}` : 'something else';
    }
  };
  return await Promise.all([spin(), leave(), crash(), flood(), fine(1)].map(told));
});

/** Each holds memory while it waits for the next. */
export const nested = env.task(
  { resources: { memory: '400Mi' } },
  async (depth: number): Promise<number> => (depth === 0 ? 0 : (await nested(depth - 1)) + 1),
);
