import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { environment } from 'skein';

const env = environment({ name: 'libraries' });

/** A native module, a program, a CommonJS package. */
export const main = env.task(async (): Promise<readonly string[]> => {
  const require = createRequire(import.meta.url);
  const { parseSync } = require('oxc-parser') as {
    parseSync: (name: string, text: string) => { program: { body: unknown[] } };
  };
  const { stdout } = await promisify(execFile)('echo', ['from a program']);
  const common = require('commonly') as { name: string };
  const { name } = await import('modernly');
  return [String(parseSync('a.ts', 'let a; let b').program.body.length), stdout, common.name, name];
});
