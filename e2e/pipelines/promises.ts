import { gunzipSync, gzipSync } from 'node:zlib';
import { environment, map } from 'skein';

const env = environment({ name: 'promises' });

export const half = env.task(async (number: number): Promise<number> => Math.floor(number / 2));
export const triple = env.task(async (number: number): Promise<number> => number * 3 + 1);

/** Its length is decided by the results of its tasks. */
export const collatz = env.task(async (start: number): Promise<number> => {
  let steps = 0;
  for (let number = start; number !== 1; steps += 1) {
    number = number % 2 === 0 ? await half(number) : await triple(number);
  }
  return steps;
});

/** Down to zero, one task within the other. */
export const deep = env.task(async (depth: number): Promise<number> => {
  return depth === 0 ? 0 : (await deep(depth - 1)) + 1;
});

export const leaf = env.task(async (number: number): Promise<number> => number % 10);

/** So many calls, decided by its input. */
export const many = env.task(async (count: number): Promise<number> => {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const digits = await map(leaf, numbers);
  return digits.reduce((sum, digit) => sum + digit, 0);
});

export class Refused extends Error {
  readonly code: number;
  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const refuse = env.task(async (code: number): Promise<never> => {
  throw new Refused('no', code, { cause: new TypeError('deeper') });
});
export const between = env.task(async (code: number): Promise<never> => await refuse(code));

/** Three levels above the throw. */
export const caught = env.task(async (): Promise<readonly unknown[]> => {
  try {
    return await between(7);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { message, code, cause, stack = '' } = error;
    const joined = ['refuse', 'between'].map((name) => stack.includes(name));
    return [message, code, cause instanceof TypeError, ...joined];
  }
});

/** Says that it runs, and waits for the answer. */
export const told = env.task(async (witness: string, name: string): Promise<string> => {
  await fetch(`${witness}${name}`);
  return name;
});

/** The loser is never answered: it ends because nobody waits for it any more. */
export const race = env.task(async (witness: string): Promise<string> => {
  return await Promise.race([told(witness, 'slow'), told(witness, 'quick')]);
});

/** Aborts a call that is never answered. */
export const aborts = env.task(async (witness: string): Promise<string> => {
  const controller = new AbortController();
  const call = told.override({ signal: controller.signal })(witness, 'held');
  await fetch(`${witness}waiting`);
  controller.abort();
  try {
    return await call;
  } catch (error) {
    return error instanceof Error ? error.name : 'something else';
  }
});

export const settled = env.task(async (): Promise<readonly string[]> => {
  const results = await Promise.allSettled([leaf(12), refuse(1), leaf(13)]);
  return results.map((one) => (one.status === 'fulfilled' ? String(one.value) : 'rejected'));
});

/** Who ran it, after a while of work that no other can do meanwhile in the same process. */
export const busy = env.task(async (number: number): Promise<[number, number]> => {
  let bytes = Buffer.alloc(1 << 20, number);
  for (let round = 0; round < 12; round += 1) bytes = Buffer.from(gunzipSync(gzipSync(bytes)));
  return [number, process.pid];
});

/** All cores are used, and results come in the order of the inputs. */
export const cores = env.task(async (): Promise<readonly [number[], number]> => {
  const done = await map(busy, [1, 2, 3, 4, 5, 6, 7, 8]);
  return [done.map(([number]) => number), new Set(done.map(([, pid]) => pid)).size];
});

/** Never more than `width` are on their way. */
export const bounded = env.task(async (witness: string, width: number): Promise<string[]> => {
  const names = Array.from({ length: 12 }, (_, index) => `item-${index}`);
  return await map(async (name) => await told(witness, name), names, { concurrency: width });
});
