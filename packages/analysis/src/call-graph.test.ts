import { expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';

test('the static call graph says how each task may reach another', async () => {
  const workspace = new TestWorkspace({
    'src/lib.ts': `import { environment } from 'skein';
const env = environment({ name: 'l' });
export const parse = env.task(async (x: string) => x);
export const score = env.task(async (x: string) => x);
export const rare = env.task(async (x: string) => x);
export const table = { rare };`,
    'src/main.ts': `import { environment, map } from 'skein';
import * as lib from './lib.ts';
import { parse, score, table } from './lib.ts';
const env = environment({ name: 'e' });
const helper = (x: string) => score.override({ retries: 1 })(x);
export const main = env.task(async (xs: string[]): Promise<unknown> => {
  const parsed = await map(parse, xs);
  if (xs.length > 9) return main([]);
  return [parsed, await helper('x'), await table.rare('x'), await lib.score.forward('y')];
});`,
  });
  const graph = (await workspace.analysis()).callGraph();
  expect(graph.edges.map((it) => [it.to, ...it.kinds, it.certain])).toEqual([
    ['src/lib.ts#parse', 'map', true],
    ['src/lib.ts#rare', 'reference', false],
    ['src/lib.ts#score', 'override', 'reference', true],
    ['src/main.ts#main', 'call', true],
  ]);
});
