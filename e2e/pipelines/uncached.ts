import { environment } from 'skein';

const env = environment({ name: 'uncached' });

/** Says that it runs, waits for the answer, and gives more than a number. */
export const step = env.task(async (witness: string, number: number) => {
  await fetch(`${witness}step-${number}`);
  return { number, squares: new Map([[number, number ** 2]]) };
});

/** One step after the other, with nothing cached. */
export const main = env.task(async (witness: string, count: number): Promise<number> => {
  let sum = 0;
  for (let number = 1; number <= count; number += 1) {
    const { squares } = await step(witness, number);
    sum += squares.get(number) ?? 0;
  }
  return sum;
});

/** The same steps, all at once, the last one first: siblings are called in another order. */
export const reversed = env.task(async (witness: string, count: number): Promise<number> => {
  const numbers = Array.from({ length: count }, (_, index) => count - index);
  const steps = await Promise.all(numbers.map(async (number) => await step(witness, number)));
  return steps.reduce((sum, { number }) => sum + number ** 2, 0);
});
