import type { TaskBehaviour, TaskId } from '@skein/model';
import { expect, test } from 'vitest';
import { TestWorkspace } from './workspace.ts';
import type { Files } from './workspace.ts';

/** A module with the task `a`, below the usual head, and what is expected of it. */
export interface BehaviourCase {
  readonly name: string;
  readonly text: string;
  /** The name of what retains, `null` for nothing, `true` for anything. */
  readonly retains?: string | null | true;
  /** Names of the impurities in order of place. */
  readonly impurities?: readonly string[];
}

const HEAD =
  "import { environment, map, checkpoint } from 'skein';\n" +
  "import { readFileSync } from 'node:fs';\nconst env = environment({ name: 'e' });\n";

/** A package that keeps things, and modules of the workspace. */
const AROUND: Files = {
  'node_modules/p/package.json': '{ "name": "p", "version": "1.0.0", "main": "p.js" }',
  'node_modules/p/p.js': 'module.exports = {};',
  'src/table.ts':
    'export const TABLE: any = { a: 1, list: [{}] }; export const UNUSED = 1;\n' +
    'let count = 0; export const next = () => ++count;\n',
  'src/again.ts': "export { TABLE } from './table.ts';\n",
  'src/late.ts':
    "import { readFileSync } from 'node:fs';\nexport const LATE = readFileSync('late.txt');\n",
  'src/data.json': '{ "x": { "y": 1 } }',
};

/** A task that does something with two arguments. */
export const task = (body: string): string =>
  `export const a = env.task(async (x: any, y: any) => { ${body} });`;

/** All cases are modules of one entry: they are analysed at one go. */
export function testBehaviours(cases: readonly BehaviourCase[]): void {
  const found = behavioursOf(cases.map((it) => it.text));
  for (const [index, it] of cases.entries()) {
    test(it.name, async () => {
      const { retains, impurities } = (await found)(index);
      const what = it.retains === true ? retains !== null : (retains?.what ?? null);
      const names = impurities.map(({ what: name }) => name);
      expect({
        retains: it.retains === undefined ? undefined : what,
        impurities: it.impurities === undefined ? undefined : names,
      }).toEqual({ retains: it.retains, impurities: it.impurities });
    });
  }
}

async function behavioursOf(texts: readonly string[]): Promise<(at: number) => TaskBehaviour> {
  const files: Record<string, string> = { ...AROUND };
  for (const [index, text] of texts.entries()) files[`src/case${index}.ts`] = HEAD + text;
  files['src/main.ts'] = texts.map((_, index) => `export * from './case${index}.ts';`).join('\n');
  const { behaviours } = await new TestWorkspace(files).analysis();
  return (at) => {
    const behaviour = behaviours.get(`src/case${at}.ts#a` as TaskId);
    if (behaviour === undefined) throw new Error(`no task in case ${at}`);
    return behaviour;
  };
}
