import type { ExecutorContext } from '@nx/devkit';
import { runCommand } from '../../run-command.ts';
import { verifyLine, type VerifyOptions } from './options.ts';

/** `@skein/nx:verify`: `skein verify` of a run of this entry. */
export async function runTarget(
  options: VerifyOptions,
  { root }: Pick<ExecutorContext, 'root'>,
): Promise<{ success: boolean }> {
  return await runCommand({ args: verifyLine(options), root, state: options.state });
}
