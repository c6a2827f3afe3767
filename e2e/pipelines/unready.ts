import { environment } from 'skein';

const env = environment({ name: 'unready', cache: 'disable' });

export const item = env.task(async (n: number): Promise<number> => n ** 2);

/** Fails after its items unless READY is set. */
export const main = env.task(async (count: number): Promise<number> => {
  let sum = 0;
  for (let n = 1; n <= count; n += 1) sum += await item(n);
  if (process.env['READY'] === undefined) throw new Error('it is not ready');
  return sum;
});
