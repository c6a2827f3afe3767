import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SDK = join(import.meta.dirname, 'index.ts');

/** Whether a program that does this with the SDK has loaded what starts programs. */
function hasLoaded(text: string): boolean {
  const program =
    `const { environment } = await import(${JSON.stringify(SDK)});\n${text}\n` +
    `console.log(process.moduleLoadList.includes('NativeModule child_process'));`;
  const args = ['--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim() === 'true';
}

test('what starts programs is loaded when the first command runs, not when it is declared', () => {
  const declared = `const a = environment({ name: 'e' }).command({ command: ['true'] });`;
  expect(hasLoaded(declared)).toBe(false);
  expect(hasLoaded(`${declared}\nawait a({});`)).toBe(true);
}, 30_000);
