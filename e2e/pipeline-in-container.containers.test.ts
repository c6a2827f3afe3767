import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { executedLast, runTask, type Answer } from './support/answer.ts';
import { checkCode, skein } from './support/command.ts';
import { useMachine } from './support/containers.ts';
import { entry as whole, few } from './support/pipeline.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

const entry = 'fixtures/pipeline/src/main-in-container.ts';

describe('the real pipeline, trained by a program in a container', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });
  const machine = useMachine('pipeline-in-container');
  let first: Answer;

  beforeAll(async () => {
    const image = `${machine.registry}/skein/python:1`;
    await machine.push('python:1', 1);
    const config = `export default ${JSON.stringify({ container: { image } })};\n`;
    await writeFile(join(sandbox.root, 'skein.config.ts'), config);
    first = await run();
  });

  async function run(...flags: readonly string[]): Promise<Answer> {
    const variables = machine.environment;
    return await runTask(sandbox, [entry, ...flags], { variables });
  }

  test('comes to the accuracy that the README tells of the TypeScript training', async () => {
    const readme = await readFile(join(repository, 'fixtures/pipeline/README.md'), 'utf8');
    const { accuracy, sentences } = first.result as { accuracy: number; sentences: number };
    const figures = `${sentences.toLocaleString('en')} | ${(accuracy * 100).toFixed(2)} %`;
    expect(readme).toContain(`| this model | all 447 languages | ${figures} |`);
  });

  test('executes nothing the second time', async () => {
    expect((await run()).actions).toMatchObject({ executed: 0, failed: 0 });
  });

  test('Q6: on this machine it trains again, and only that, to the same result', async () => {
    const { result } = await run('--executor', 'pool');
    expect(result).toEqual(first.result);
    expect(await executedLast(sandbox)).toMatchObject({ program: 1 });
    expect(await executedLast(sandbox)).not.toHaveProperty('evaluate');
    const { stdout, ...why } = await skein(sandbox, ['why', 'last', 'program']);
    checkCode({ stdout, ...why }, 0);
    expect(stdout).toMatch(/image/);
  });

  test('O8: an edit of the script trains again', async () => {
    const script = join(sandbox.root, 'fixtures/pipeline/scripts/train.py');
    await writeFile(script, (await readFile(script, 'utf8')).replace('learnt {', 'has learnt {'));
    const { result } = await run();
    expect(result).toEqual(first.result);
    const executed = await executedLast(sandbox);
    expect(executed).toMatchObject({ program: 1 });
    expect(executed).not.toHaveProperty('evaluate');
  });

  test('Q6: the whole in containers, then by the pool, neither for the other', async () => {
    const by = async (executor: string): Promise<Answer> => {
      const variables = { ...machine.environment, SKEIN_STATE: join(sandbox.folder, 'by') };
      return await runTask(sandbox, [whole, ...few, '--executor', executor], { variables });
    };
    const inContainers = await by('container');
    expect(inContainers.actions.executed).toBeGreaterThan(250);
    expect((await by('container')).actions.executed).toBe(0);
    const inPool = await by('pool');
    expect(inPool.actions).toEqual(inContainers.actions);
    expect(inPool.result).toEqual(inContainers.result);
    const variables = { SKEIN_STATE: join(sandbox.folder, 'by') };
    const why = await skein(sandbox, ['why', 'last', '1'], { variables });
    expect(why.stdout).toMatch(/ran in image .*python:1.*, now on this machine/);
    expect((await by('container')).actions.executed).toBe(0);
  });

  test('X5: no container is left', async () => {
    expect(await machine.left(sandbox.folder)).toEqual([]);
  });
});
