import { resolve } from 'node:path';
import { refuseOldNode } from './node-version.ts';

/** One call of the `skein` command, as an executor makes it. */
export interface CommandRequest {
  /** What follows the name of the command. */
  readonly args: readonly string[];
  /** The root of the Nx workspace: paths in options are relative to it. */
  readonly root: string;
  /** State directory, relative to the root. */
  readonly state?: string | undefined;
  /** Handed over as standard input: a command line has a length. */
  readonly input?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Runs the `skein` command inside Nx's process for this target: the same engine, keys and state
 * as in a terminal. The command is an ES module, hence the import at run time.
 */
export async function runCommand(request: CommandRequest): Promise<{ success: boolean }> {
  const refusal = refuseOldNode(process.versions.node, process.execPath);
  if (refusal !== undefined) {
    process.stderr.write(`${refusal}\n`);
    return { success: false };
  }
  const { execute, processIo } = await import('skein/command');
  const { args, root, state, input } = request;
  const code = await execute(
    args,
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

async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}
