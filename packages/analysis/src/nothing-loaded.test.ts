import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';

const PROGRAM = join(import.meta.dirname, '..', 'test', 'loaded-packages.ts');
const MAIN = (value: number) => `import { environment } from 'skein';
const env = environment({ name: 'e' });
export const a = env.task(async (name: string) => name + ${value});
`;

function loadedFor({ root, state }: TestWorkspace, task = ''): unknown {
  const output = execFileSync(process.execPath, [PROGRAM, root, state, task], { encoding: 'utf8' });
  return JSON.parse(output);
}

test('where nothing changed no parser, no bundler and no compiler is loaded', () => {
  const workspace = new TestWorkspace({ 'src/main.ts': MAIN(1) });
  expect(loadedFor(workspace)).toEqual(['esbuild', 'oxc-parser']);
  expect(loadedFor(workspace)).toEqual([]);
}, 60_000);

test('the compiler is loaded for a schema, once for the same types', () => {
  const workspace = new TestWorkspace({ 'src/main.ts': MAIN(1) });
  expect(loadedFor(workspace, 'a')).toContain('ts-morph');
  workspace.write({ 'src/main.ts': MAIN(2) });
  expect(loadedFor(workspace, 'a')).toEqual(['esbuild', 'oxc-parser']);
}, 60_000);
