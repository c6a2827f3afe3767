import { checkpoint, environment, snapshot } from 'skein';

const env = environment({ name: 'training' });

interface Progress {
  readonly epoch: number;
  readonly weights: readonly number[];
}

/** Ten epochs, one after the other; what was saved of them is not trained again. */
export const train = env.task(async (witness: string): Promise<readonly number[]> => {
  const saved = (await snapshot.load()) as Progress | undefined;
  let weights = saved?.weights ?? [];
  for (let epoch = (saved?.epoch ?? 0) + 1; epoch <= 10; epoch += 1) {
    await fetch(`${witness}epoch-${epoch}`);
    weights = [...weights, epoch ** 2];
    await snapshot.save({ epoch, weights } satisfies Progress);
  }
  return weights;
});

const told = checkpoint(async (witness: string, name: string, value: unknown) => {
  await fetch(`${witness}${name}`);
  return value;
});

/** Five checkpoints, each with a value that is easily taken for none. */
export const steps = env.task(async (witness: string): Promise<readonly unknown[]> => {
  const values: unknown[] = [];
  for (const [index, value] of [undefined, null, 0, '', false].entries()) {
    values.push(await told(witness, `step-${index + 1}`, value));
  }
  return values;
});

/** Two branches at once with the same checkpoint and the same arguments. */
export const branches = env.task(async (witness: string): Promise<readonly unknown[]> => {
  const branch = async (): Promise<unknown> => await told(witness, 'branch', 'same');
  const values = await Promise.all([branch(), branch()]);
  await fetch(`${witness}joined`);
  return values;
});
