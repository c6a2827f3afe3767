import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkCode, start, withoutColours, type Ended } from './support/command.ts';
import { findOldNode, isUnreachable, npm, pack, QUIETLY } from './support/packed.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

const program = `import { run } from 'skein';
import { main } from './src/main.ts';

const { status, result, actions } = await run(main, [{ customer: 'Ada' }]).done;
const total: bigint | undefined = result?.total;
console.log(status, total, actions.executed, await result?.text.text());
`;

const wrongProgram = `import { run } from 'skein';
import { main } from './src/main.ts';

run(main, [{ customer: 7 }]);
`;

describe('the packed packages, installed in an empty project', () => {
  const sandbox = useSandbox({ folders: [] });
  let project: string;
  /** Why nothing could be installed, if so. */
  let unreachable: string | undefined;

  beforeAll(async () => {
    project = join(sandbox.folder, 'project');
    await cp(join(repository, 'fixtures', 'three-tasks'), project, { recursive: true });
    await writeFile(join(project, 'program.ts'), program);
    const tarballs = [await pack(sandbox, 'packages/skein'), await pack(sandbox, 'plugins/nx')];
    const libraries = ['nx@23.2.1', '@nx/devkit@23.2.1'];
    const args = ['install', ...QUIETLY, ...tarballs, ...libraries];
    const installed = await npm(sandbox, args, project);
    if (isUnreachable(installed)) {
      unreachable = 'no package registry can be reached';
      return;
    }
    checkCode(installed, 0);
  });

  async function inProject(...command: readonly string[]): Promise<Ended> {
    return await start(sandbox, command, { cwd: project }).ended;
  }

  test('run by "npx skein run"', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    const command = ['npx', '--no-install', 'skein', 'run', 'src/main.ts'];
    const first = await inProject(...command, '--customer', 'Ada', '--json');
    checkCode(first, 0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      status: 'succeeded',
      task: 'src/main.ts#main',
      result: { customer: 'Ada', total: { $type: 'bigint', value: '80' } },
      actions: { total: 4, executed: 4 },
    });
    const second = await inProject(...command, '--customer', 'Ada', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ actions: { executed: 0 } });
    const help = await inProject(...command, '--help');
    expect(help.stdout).toMatch(/^ {2}--customer <value> +string; required$/m);
  });

  test('run from a program in TypeScript', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    const { code, stdout, stderr } = await inProject(process.execPath, 'program.ts');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^succeeded 80n [04] Ada, due 2030-01-31T00:00:00\.000Z\n/);
  });

  test('have types that a strict project compiles against', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
    const config = JSON.parse(await readFile(join(project, 'tsconfig.json'), 'utf8')) as object;
    const compile = async (files: readonly string[]): Promise<Ended> => {
      const own = join(project, 'tsconfig.own.json');
      await writeFile(own, JSON.stringify({ ...config, include: undefined, files }));
      return await inProject(process.execPath, tsc, '-p', own);
    };
    const right = await compile(['program.ts']);
    expect([right.code, right.stdout]).toEqual([0, '']);
    await writeFile(join(project, 'wrong.ts'), wrongProgram);
    const wrong = await compile(['wrong.ts']);
    expect(wrong.stdout).toMatch(/^wrong\.ts\(4,\d+\): error TS2322: .*'number'.*'string'/);
  });

  test('run by Nx', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    await writeFile(join(project, 'nx.json'), JSON.stringify({ analytics: false }));
    const options = { entry: '{projectRoot}/src/main.ts', input: { order: { customer: 'Nx' } } };
    const targets = { execute: { executor: '@skein/nx:execute', options } };
    const configuration = { name: 'three-tasks', root: '.', targets };
    await writeFile(join(project, 'project.json'), JSON.stringify(configuration));
    const variables = {
      NX_DAEMON: 'false',
      NX_WORKSPACE_DATA_DIRECTORY: join(sandbox.folder, 'nx'),
      NX_CACHE_DIRECTORY: join(sandbox.folder, 'nx-cache'),
    };
    const command = ['npx', '--no-install', 'nx', 'run', 'three-tasks:execute'];
    const ended = await start(sandbox, command, { cwd: project, variables }).ended;
    checkCode(ended, 0);
    expect(withoutColours(ended).stdout).toMatch(/^ {2}result +customer: "Nx"$/m);
  });

  test('stop under a Node that is too old, and say what they need', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    const old = findOldNode(sandbox) ?? context.skip('this machine has no Node that is too old');
    const launcher = join(project, 'node_modules', 'skein', 'bin', 'skein.cjs');
    const { code, stdout, stderr } = await inProject(old, launcher, 'run', 'src/main.ts');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^error\[node-too-old\]: skein needs a newer Node\n {2}needed +"24\.21" or newer\n/,
    );
  });

  test('stop a program under such a Node too', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    const old = findOldNode(sandbox) ?? context.skip('this machine has no Node that is too old');
    await writeFile(join(project, 'old.mjs'), `import { run } from 'skein';\nconsole.log(run);\n`);
    const { code, stdout, stderr } = await inProject(old, 'old.mjs');
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('24.21');
  });
});
