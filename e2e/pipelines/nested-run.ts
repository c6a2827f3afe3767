import { environment, run } from 'skein';

const env = environment({ name: 'nested-run' });

export const one = env.task({ cache: 'auto' }, async (): Promise<number> => 1);

/** Starts a run where it should call the task. */
export const main = env.task(async (): Promise<string> => {
  const { status, error } = await run(one, []).done;
  return `${status}: ${error instanceof Error ? error.message : 'no error'}`;
});
