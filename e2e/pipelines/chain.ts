import { spawn } from 'node:child_process';
import { environment, map } from 'skein';

const env = environment({ name: 'chain', cache: 'auto' });

/** Says that it runs, waits for the answer, and gives the square. */
export const step = env.task(async (witness: string, number: number): Promise<number> => {
  await fetch(`${witness}step-${number}`);
  return number * number;
});

/** One step after the other. */
export const main = env.task(async (witness: string, count: number): Promise<number[]> => {
  const squares: number[] = [];
  for (let number = 1; number <= count; number += 1) squares.push(await step(witness, number));
  return squares;
});

/** All steps at once. */
export const fan = env.task(async (witness: string, count: number): Promise<number[]> => {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return await map(async (number) => await step(witness, number), numbers);
});

/** Says that it runs and is busy for ever: it notices nothing of what happens around it. */
export const spin = env.task(async (witness: string): Promise<never> => {
  await fetch(`${witness}spin`);
  for (;;) Math.random();
});

/** Starts a program that does not end by itself. */
export const delegate = env.task(async (witness: string): Promise<void> => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  await fetch(`${witness}delegate-${child.pid}`);
  await new Promise((resolve) => child.once('exit', resolve));
});
