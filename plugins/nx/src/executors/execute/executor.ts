import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { refuseOldNode } from './node-version.ts';
import { commandLine, type ExecuteOptions } from './options.ts';

/**
 * Runs the `skein` command inside Nx's process for this target: the same engine, keys and state
 * as `skein run`. The command is an ES module, hence the import at run time.
 */
export async function runTarget(
  options: ExecuteOptions,
  context: Pick<ExecutorContext, 'root'>,
): Promise<{ success: boolean }> {
  const refusal = refuseOldNode(process.versions.node, process.execPath);
  if (refusal !== undefined) {
    process.stderr.write(`${refusal}\n`);
    return { success: false };
  }
  const { execute, processIo } = await import('skein/command');
  const { root } = context;
  const { input, state } = options;
  const code = await execute(
    commandLine(options),
    processIo({
      initiator: 'nx',
      cwd: root,
      environment:
        state === undefined ? process.env : { ...process.env, SKEIN_STATE: resolve(root, state) },
      stdin: oneText(JSON.stringify(input ?? {})),
    }),
  );
  return { success: code === 0 };
}

/** Input is handed over as standard input: a command line has a length. */
async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}
