import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { executedLast, runTask, type Answer } from './support/answer.ts';
import { entry, few } from './support/pipeline.ts';
import { whileEdited } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

type Edit = (text: string) => string;

const replace =
  (from: string, to: string): Edit =>
  (text) =>
    text.replace(from, to);

describe('an edit of the pipeline', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });
  let first: Answer;
  let executedAtFirst: Readonly<Record<string, number>>;

  beforeAll(async () => {
    first = await runTask(sandbox, [entry, ...few]);
    executedAtFirst = await executedLast(sandbox);
  });

  /** What is executed by the run after an edit, by task, and the answer of that run. */
  async function runEdited(file: string, edit: Edit, args: readonly string[] = few) {
    const path = join(sandbox.root, 'fixtures', 'pipeline', 'src', file);
    return await whileEdited(path, edit, async () => {
      const answer = await runTask(sandbox, [entry, ...args]);
      return { answer, executed: await executedLast(sandbox) };
    });
  }

  test('PARITY 15: of a helper that only features uses: they execute, parse does not', async () => {
    const edit = replace('const LENGTH = 3;', 'const LENGTH = 4;');
    const { answer, executed } = await runEdited('ngrams.ts', edit);
    expect(executed).toMatchObject({
      features: executedAtFirst['features'],
      train: 1,
      evaluate: 1,
      compare: 1,
      publish: 1,
      classify: 1,
      main: 1,
    });
    expect(executed).not.toHaveProperty('parse');
    expect(executed).not.toHaveProperty('declarations');
    expect(answer.result).not.toEqual(first.result);
  });

  const harmless: readonly (readonly [what: string, file: string, edit: Edit])[] = [
    ['a comment', 'ngrams.ts', replace('const LENGTH', '// As usual.\nconst LENGTH')],
    [
      'a comment within a function',
      'ngrams.ts',
      replace('  const words', '  // All.\n  const words'),
    ],
    ['a docstring', 'plot.ts', replace('/** A bar chart', '/** The bar chart')],
    ['the layout', 'ngrams.ts', replace('(text: string, buckets', '(\n  text: string,\n  buckets')],
    [
      'the type of a parameter',
      'ngrams.ts',
      replace('buckets: number)', 'buckets: 16384 | number)'),
    ],
    ['an interface', 'parse.ts', replace('number: number;', 'number: number;\n  readonly b?: 1;')],
    [
      'a type that is new',
      'features.ts',
      (text) => `${text}\nexport type Row = Features[number];\n`,
    ],
    ['an unused function', 'ngrams.ts', (text) => `${text}\nfunction unused() {\n  return 1;\n}\n`],
    ['an unused export', 'ngrams.ts', (text) => `${text}\nexport const unused = () => 1;\n`],
  ];

  test.each(harmless)('of %s: nothing is executed', async (_, file, edit) => {
    const { answer, executed } = await runEdited(file, edit);
    expect(executed).toEqual({});
    expect(answer.result).toEqual(first.result);
  });

  test('of the helper to the same features: features are executed, training is not', async () => {
    const edit = replace("words.join(' ')", "words.map((word) => word).join(' ')");
    const { answer, executed } = await runEdited('ngrams.ts', edit);
    expect(executed).toEqual({ features: executedAtFirst['features'] });
    expect(answer.result).toEqual(first.result);
  });

  test("of the plot's colour: plot is executed, and what needs it", async () => {
    const edit = replace("BAR_COLOUR = '#3b6ea5'", "BAR_COLOUR = '#a53b6e'");
    const { executed } = await runEdited('plot.ts', edit);
    expect(executed).toEqual({ plot: 1, publish: 1, classify: 1, main: 1 });
  });

  test('of the plot to the same picture: plot alone is executed', async () => {
    const edit = replace("BAR_COLOUR = '#3b6ea5'", "BAR_COLOUR = ['#3b6ea5'].join('')");
    const { answer, executed } = await runEdited('plot.ts', edit);
    expect(executed).toEqual({ plot: 1 });
    expect(answer.result).toEqual(first.result);
  });

  test('of a default argument: what stands before its use is not executed', async () => {
    const edit = replace('heldOutEvery: number = 5', 'heldOutEvery: number = 4');
    const { executed } = await runEdited('main.ts', edit);
    expect(executed).toMatchObject({ main: 1, train: 1, evaluate: 1, compare: 1 });
    for (const task of ['declarations', 'parse', 'features']) {
      expect(executed).not.toHaveProperty(task);
    }
  });

  test('of an argument on the command line: the same', async () => {
    const args = [...few, '--heldOutEvery', '6'];
    const answer = await runTask(sandbox, [entry, ...args]);
    const executed = await executedLast(sandbox);
    expect(executed).toMatchObject({ main: 1, train: 1, evaluate: 1, compare: 1 });
    for (const task of ['declarations', 'parse', 'features']) {
      expect(executed).not.toHaveProperty(task);
    }
    expect(answer.result).toMatchObject({ articles: 240 });
  });

  test('of a top-level statement with an effect: every task is executed (C2)', async () => {
    const { executed } = await runEdited('main.ts', (text) => {
      return `${text}\nObject.defineProperty(globalThis, 'edited', { value: 1 });\n`;
    });
    expect(Object.keys(executed).toSorted()).toEqual(Object.keys(executedAtFirst).toSorted());
    expect(executed).toMatchObject({ parse: executedAtFirst['parse'], main: 1 });
  });

  test('of an installed package: the task that uses it is executed (C6)', async () => {
    const file = join(sandbox.root, 'node_modules', 'markdown-table', 'index.js');
    const text = await readFile(file, 'utf8');
    await whileEdited(
      file,
      () => `${text}\n// patched\n`,
      async () => {
        const answer = await runTask(sandbox, [entry, ...few]);
        expect(await executedLast(sandbox)).toEqual({ publish: 1 });
        expect(answer.result).toEqual(first.result);
      },
    );
    await writeFile(file, text);
  });

  test('taken back: nothing is executed', async () => {
    const { answer, executed } = await runEdited('main.ts', (text) => `${text}\n`);
    expect(executed).toEqual({});
    expect(answer.result).toEqual(first.result);
  });
});
