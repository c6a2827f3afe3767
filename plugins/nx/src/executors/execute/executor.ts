import type { ExecutorContext } from '@nx/devkit';
import { runCommand } from '../../run-command.ts';
import { commandLine, type ExecuteOptions } from './options.ts';

/** `@skein/nx:execute`: `skein run`, or `skein resume` where it is asked for. */
export async function runTarget(
  options: ExecuteOptions,
  { root }: Pick<ExecutorContext, 'root'>,
): Promise<{ success: boolean }> {
  const { state, input } = options;
  return await runCommand({ args: commandLine(options), root, state, input });
}
