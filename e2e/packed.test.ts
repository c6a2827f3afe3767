import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  checkCode,
  cleanEnvironment,
  start,
  withoutColours,
  type Ended,
} from './support/command.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

/** Of the libraries, those of this day at the latest: the same as in the workspace. */
const BEFORE = '--before=2026-10-01';

/** With an empty cache of npm and a slow network. */
const INSTALL_MS = 240_000;

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
    const tarballs = [await pack('packages/skein'), await pack('plugins/nx')];
    const libraries = ['nx@23.2.1', '@nx/devkit@23.2.1'];
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', BEFORE];
    const installed = await npm([...args, ...tarballs, ...libraries], project);
    if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT/.test(installed.stderr)) {
      unreachable = 'no package registry can be reached';
      return;
    }
    checkCode(installed, 0);
  });

  async function npm(args: readonly string[], cwd: string): Promise<Ended> {
    // Registry, cache, proxies and certificates are those of whoever tests.
    const variables = { ...process.env, PATH: cleanEnvironment(sandbox)['PATH'] };
    return await start(sandbox, ['npm', ...args], { cwd, variables, limitMs: INSTALL_MS }).ended;
  }

  /** Packs a package, and gives the path of the tarball. */
  async function pack(folder: string): Promise<string> {
    const args = ['pack', '--json', '--pack-destination', sandbox.folder];
    const packed = await npm(args, join(repository, folder));
    checkCode(packed, 0);
    const before = await readdir(sandbox.folder);
    const name = folder === 'packages/skein' ? /^skein-\d.*\.tgz$/ : /^skein-nx-.*\.tgz$/;
    const found = before.find((file) => name.test(file));
    return join(sandbox.folder, found ?? 'none');
  }

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
    const old = findOldNode() ?? context.skip('this machine has no Node that is too old');
    const launcher = join(project, 'node_modules', 'skein', 'bin', 'skein.cjs');
    const { code, stdout, stderr } = await inProject(old, launcher, 'run', 'src/main.ts');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^error\[node-too-old\]: skein needs a newer Node\n {2}needed +"24\.21" or newer\n/,
    );
  });

  test('stop a program under such a Node too', async (context) => {
    if (unreachable !== undefined) context.skip(unreachable);
    const old = findOldNode() ?? context.skip('this machine has no Node that is too old');
    await writeFile(join(project, 'old.mjs'), `import { run } from 'skein';\nconsole.log(run);\n`);
    const { code, stdout, stderr } = await inProject(old, 'old.mjs');
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('24.21');
  });

  function findOldNode(): string | undefined {
    const folders = ['/usr/local/bin', '/usr/bin', '/opt/node/bin'];
    const paths = folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path));
    return paths.find((path) => {
      const env = { ...cleanEnvironment(sandbox), PATH: dirname(path) };
      const { stdout } = spawnSync(path, ['--version'], { env, encoding: 'utf8' });
      const [, major = '99'] = /^v(\d+)\./.exec(stdout ?? '') ?? [];
      return Number(major) < 24;
    });
  }
});
