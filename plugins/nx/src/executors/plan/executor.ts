import type { ExecutorContext } from '@nx/devkit';
import { runCommand } from '../../run-command.ts';
import { planLine, type PlanOptions } from './options.ts';

/** `@skein/nx:plan`: `skein plan`, which executes and records nothing. */
export async function runTarget(
  options: PlanOptions,
  { root }: Pick<ExecutorContext, 'root'>,
): Promise<{ success: boolean }> {
  const { state, input } = options;
  return await runCommand({ args: planLine(options), root, state, input });
}
