import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs one of `e2e/programs` to its end, and gives the lines it printed; throws if it failed. */
export async function linesOf(name: string, args: readonly string[]): Promise<readonly string[]> {
  const program = join(import.meta.dirname, '..', 'programs', name);
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [program, ...args], { stdio: [...stdio] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with exit ${String(code)}`);
  return text.trimEnd().split('\n');
}
