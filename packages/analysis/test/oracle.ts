import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { TestWorkspace, freshCodes } from './workspace.ts';
import type { Files } from './workspace.ts';

/** Outside a run, a call of a task calls its function. */
const SKEIN = `
const task = (...args) => {
  const run = args.at(-1);
  return Object.assign((...given) => run(...given), { forward: run, override: () => run });
};
export const environment = () => ({ task });
export const checkpoint = (run) => run;
export const map = async (run, items) => Promise.all([...items].map((it) => run(it)));
`;

const program = (calls: readonly number[]): string => `
import { parentPort } from 'node:worker_threads';
import { inspect } from 'node:util';
const told = [];
console.log = (...args) => told.push(args);
const { a } = await import('./src/main.ts');
let outcome;
for (const it of ${JSON.stringify(calls)}) {
  outcome = await a(it).then((value) => ({ value }), (error) => ({ error: String(error) }));
}
parentPort.postMessage(inspect([outcome, told], { depth: 9, showHidden: false }));
`;

const skeinPlugin: Plugin = {
  name: 'skein-stub',
  setup: (builder) => {
    builder.onResolve({ filter: /^skein$/ }, () => ({ path: 'skein', namespace: 'skein-stub' }));
    builder.onLoad({ filter: /./, namespace: 'skein-stub' }, () => ({ contents: SKEIN }));
  },
};

/**
 * What the last of some calls of the task `a` of `src/main.ts` gives, and what its modules printed,
 * in a thread of its own: the bundle is esbuild's alone, without anything of analysis.
 */
export async function outcomeOf(
  workspace: TestWorkspace,
  calls: readonly number[] = [1],
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program(calls), resolveDir: workspace.root, loader: 'js' },
    absWorkingDir: workspace.root,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    loader: { '.txt': 'text', '.wasm': 'binary' },
    banner: {
      js:
        'import { createRequire as skeinCreateRequire } from "node:module";' +
        `const require = skeinCreateRequire(${JSON.stringify(join(workspace.root, 'x.js'))});`,
    },
    plugins: [skeinPlugin],
    logLevel: 'silent',
  });
  const text = Buffer.from(outputFiles[0]?.text ?? '').toString('base64');
  const url = `data:text/javascript;base64,${text}`;
  const worker = new Worker(new URL(url));
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}

/** An edit that changes what the task gives. */
export interface Trap {
  readonly name: string;
  readonly files: Files;
  readonly edit: Files;
}

/** Running the code is the oracle: it gives something else, so the digest has to be another one. */
export function testTraps(traps: readonly Trap[]): void {
  test.each(traps)('$name', async ({ files, edit }) => {
    const workspace = new TestWorkspace(files);
    const [outcome, codes] = [await outcomeOf(workspace), await workspace.codes()];
    workspace.write(edit);
    expect(await outcomeOf(workspace)).not.toBe(outcome);
    const edited = await workspace.codes();
    expect(edited['a']).not.toBe(codes['a']);
    expect(edited).toEqual(await freshCodes(workspace));
  });
}
