import { environment, map } from 'skein';

const plain = environment({ name: 'no-op' });
const keyed = environment({ name: 'no-op-cached', cache: 'auto' });

const noOp = plain.task(async (item: number): Promise<number> => item);
const keyedNoOp = keyed.task(async (item: number): Promise<number> => item);

/** How the actions are called, how many, how often, and whether their results are kept. */
interface Work {
  readonly shape: 'sequential' | 'fan-out' | 'map';
  readonly count: number;
  readonly passes: number;
  readonly cached: boolean;
}

/** The milliseconds of each pass, taken where the caller awaits them. */
export const main = plain.task(async (work: Work): Promise<readonly number[]> => {
  const { shape, count, passes, cached } = work;
  const task = cached ? keyedNoOp : noOp;
  await Promise.all([task(-1), task(-2)]);
  const times: number[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const items = Array.from({ length: count }, (_, index) => pass * count + index);
    const started = performance.now();
    if (shape === 'sequential') for (const item of items) await task(item);
    else if (shape === 'map') await map(task, items);
    else await Promise.all(items.map((item) => task(item)));
    times.push(performance.now() - started);
  }
  return times;
});

/** What a cold start is measured with. */
export const once = plain.task(async (): Promise<number> => await noOp(1));
