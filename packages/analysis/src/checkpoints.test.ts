import { describe, expect, test } from 'vitest';
import type { CheckpointId } from '@skein/model';
import { TestWorkspace } from '../test/workspace.ts';

const HEAD =
  "import { environment, checkpoint, durable, snapshot } from 'skein';\n" +
  "const env = environment({ name: 'e' });\n";

const BASE = {
  'src/main.ts':
    `${HEAD}import { helper } from './helper.ts';\n` +
    'const fetched = checkpoint(async (n: number) => helper(n));\n' +
    'export const main = env.task(async () => await fetched(1));\n',
  'src/helper.ts': 'const by = 2;\nexport const helper = (n: number) => n * by;\n',
};

const FETCHED = 'src/main.ts#fetched' as CheckpointId;

async function checkpointsOf(
  files: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<CheckpointId, string>> {
  return (await new TestWorkspace({ ...BASE, ...files }).analysis()).checkpoints;
}

async function digestOf(files: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  return (await checkpointsOf(files)).get(FETCHED);
}

function main(edit: (text: string) => string): Readonly<Record<string, string>> {
  return { 'src/main.ts': edit(BASE['src/main.ts']) };
}

describe('the code digest of a checkpoint', () => {
  test('R4 C1: covers its function and all that it reaches', async () => {
    const digest = await digestOf();
    expect(digest).toMatch(/^[0-9a-f]{64}-\d+$/);
    const edits = [
      main((it) => it.replace('helper(n)', 'helper(n + 1)')),
      { 'src/helper.ts': BASE['src/helper.ts'].replace('by = 2', 'by = 3') },
      main((it) => `${it}globalThis.name = 'effect';\n`),
    ];
    for (const files of edits) expect(await digestOf(files)).not.toBe(digest);
  });

  test('R4 C1: covers nothing else', async () => {
    const digest = await digestOf();
    const edits = [
      main((it) => it.replace('await fetched(1)', 'await fetched(2)')),
      main((it) => it.replace('(n: number) =>', '(n: 1 | 2) => /* why */')),
      { 'src/helper.ts': `${BASE['src/helper.ts']}export const other = 1;\n` },
    ];
    for (const files of edits) expect(await digestOf(files)).toBe(digest);
  });

  test('R4 C3: of one that forwards to a task covers the code of that task', async () => {
    const forwarding = (result: number): Readonly<Record<string, string>> =>
      main(
        (it) =>
          it.replace('helper(n)', 'other.forward()') +
          `const other = env.task(async () => ${result});\n`,
      );
    expect(await digestOf(forwarding(1))).not.toBe(await digestOf(forwarding(2)));
    expect(await digestOf(forwarding(1))).toBe(await digestOf(forwarding(1)));
  });

  test('R4 P1: is part of the task that calls it', async () => {
    const code = async (files: Readonly<Record<string, string>>): Promise<unknown> =>
      (await new TestWorkspace({ ...BASE, ...files }).analysis()).tasks[0]?.code;
    const edited = main((it) => it.replace('helper(n)', 'helper(n + 1)'));
    expect(await code(edited)).not.toBe(await code({}));
  });

  test('R4: is kept with the analysis, and changes with an edit', async () => {
    const workspace = new TestWorkspace(BASE);
    const first = await workspace.analysis();
    expect((await workspace.analysis()).checkpoints).toEqual(first.checkpoints);
    workspace.write(main((it) => it.replace('helper(n)', 'helper(n + 1)')));
    const second = await workspace.analysis();
    expect(second.checkpoints.get(FETCHED)).not.toBe(first.checkpoints.get(FETCHED));
    expect(second.checkpoints).toEqual(
      await checkpointsOf(main((it) => it.replace('helper(n)', 'helper(n + 1)'))),
    );
  });

  test('R4: is there for exported ones, default ones, and for durable', async () => {
    const found = await checkpointsOf({
      'src/helper.ts':
        "import { checkpoint } from 'skein';\n" +
        'export const helper = checkpoint(async (n: number) => n);\n' +
        'export default checkpoint(async () => 1);\n',
    });
    expect([...found.keys()]).toEqual([
      'skein#now',
      'skein#random',
      'skein#uuid',
      'skein#sleep',
      'src/helper.ts#helper',
      'src/helper.ts#default',
      FETCHED,
    ]);
  });
});

test('O3: checkpoints, snapshots and durable keep nothing', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts':
      `${HEAD}const c = checkpoint(async (n: number) => n);\n` +
      'export const main = env.task(async () => {\n' +
      '  const before = await snapshot.load();\n' +
      '  await snapshot.save([before, await c(1), await durable.now()]);\n' +
      "  await durable.sleep('1s');\n});\n",
  });
  const { behaviours } = await workspace.analysis();
  expect([...behaviours.values()]).toEqual([
    { task: 'src/main.ts#main', retains: null, impurities: [] },
  ]);
});
