import { environment, map } from 'skein';

const env = environment({ name: 'answers', cache: 'auto' });

/** Three of the items cannot be parsed. */
export const parse = env.task(async (id: number): Promise<number> => {
  if (id % 200 === 100) throw new RangeError(`item ${id} is odd`);
  return id * 2;
});

/** Catches what its calls throw. */
export const all = env.task(async (count: number): Promise<number> => {
  const items = Array.from({ length: count }, (_, id) => id);
  const settled = await map(parse, items, { settled: true });
  return settled.filter(({ status }) => status === 'rejected').length;
});

export const sample = env.task({ cache: 'disable' }, async (): Promise<number> => Math.random());

/** Five calls that are alike: with caching off they are five. */
export const samples = env.task(async (): Promise<number> => {
  const drawn = await Promise.all([sample(), sample(), sample(), sample(), sample()]);
  return new Set(drawn).size;
});

/** Calls itself with its own arguments. */
export const endless = env.task(async (value: number): Promise<number> => {
  return await endless(value);
});
