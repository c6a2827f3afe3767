import { environment } from 'skein';

const anywhere = environment({ name: 'anywhere' });
const outside = environment({ name: 'outside', isolation: 'process' });
const contained = environment({ name: 'contained', isolation: 'container' });

const noOp = anywhere.task({ cache: 'auto' }, async (item: number): Promise<number> => item);
const first = contained.task(async (item: number): Promise<number> => item);

/** The milliseconds of each of so many actions, one after the other, in warm processes. */
export const warm = anywhere.task(async (count: number): Promise<readonly number[]> => {
  for (let item = 0; item < count; item += 1) await noOp(-item);
  const times: number[] = [];
  for (let item = 1; item <= count; item += 1) {
    const began = performance.now();
    await noOp(item);
    times.push(performance.now() - began);
  }
  return times;
});

/** The milliseconds until the first result of a container that is not there yet. */
export const cold = outside.task(async (): Promise<number> => {
  const began = performance.now();
  await first(1);
  return performance.now() - began;
});
