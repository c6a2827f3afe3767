import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type RealWorkspace, realWorkspace } from '../../test/real-workspace.ts';

const open: RealWorkspace[] = [];

afterEach(() => {
  for (const it of open.splice(0)) it.remove();
});

const HEAD = "import { environment } from 'skein';\nconst env = environment({ name: 'e' });\n";
const FILES = {
  '.gitignore': '.skein\nnode_modules\n',
  'src/main.ts':
    `${HEAD}import { helper } from './helper.ts';\nimport { csv } from 'csv';\n` +
    'export const parse = env.task(async (x: string) => csv(x));\n' +
    'export const main = env.task(async (x: string) => helper(await parse(x)));\n',
  'src/helper.ts': 'export function helper(x: string) {\n  return x;\n}\n',
  'src/other.ts': `${HEAD}export const other = env.task(async () => 1);\n`,
  'node_modules/csv/package.json': '{ "name": "csv", "version": "2.0.0", "main": "index.js" }',
  'node_modules/csv/index.js': 'exports.csv = (x) => x;',
  'package-lock.json': lockOf('2.0.0'),
};

function lockOf(version: string): string {
  const packages = { 'node_modules/csv': { version } };
  return `${JSON.stringify({ name: 'pipeline', lockfileVersion: 3, packages })}\n`;
}

/** A repository with one commit, called `base`. */
function repository(files: Readonly<Record<string, string>> = FILES) {
  const workspace = realWorkspace(files);
  open.push(workspace);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: workspace.root,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
  git('tag', 'base');
  return { ...workspace, git };
}

async function jsonOf(workspace: RealWorkspace, line: string): Promise<unknown> {
  const { code, out } = await workspace.skein(`${line} --json`);
  expect(code).toBe(0);
  return JSON.parse(out);
}

describe('skein affected', () => {
  test('tells the tasks whose code changed, and through which symbol', async () => {
    const workspace = repository();
    workspace.edit('src/helper.ts', 'return x;', 'return x + x;');
    const { code, out, err } = await workspace.skein('affected --base base');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
      "1 task changed since "base", 2 are as they were

      src/main.ts#main
        src/helper.ts#helper changed
      "
    `);
    expect(await jsonOf(workspace, 'affected --base base src/main.ts')).toMatchObject({
      base: 'base',
      head: null,
      tasks: [
        {
          task: 'src/main.ts#main',
          module: 'src/main.ts',
          status: 'changed',
          changes: [{ kind: 'symbol', module: 'src/helper.ts', name: 'helper' }],
        },
      ],
      gone: [],
      unchanged: 1,
    });
  });

  test('an edit of layout, comments and types changes no task', async () => {
    const workspace = repository();
    workspace.edit('src/helper.ts', 'x: string', '\n  /* text */ x: string | number');
    const { code, out } = await workspace.skein('affected --base base');
    expect([code, out]).toEqual([0, 'no task changed since "base", 3 are as they were\n']);
  });

  test('tells tasks that are new, and those that are gone', async () => {
    const workspace = repository();
    workspace.edit('src/other.ts', 'const other', 'const another');
    workspace.write('src/fresh.ts', `${HEAD}export const fresh = env.task(async () => 1);\n`);
    const { out } = await workspace.skein('affected --base base');
    expect(out).toMatchInlineSnapshot(`
      "2 tasks changed since "base", 2 are as they were

      src/fresh.ts#fresh
        is new

      src/other.ts#another
        is new

      src/other.ts#other is gone
      "
    `);
  });

  test('tells the tasks of a deleted entry, but not those that are still there', async () => {
    const workspace = repository({
      ...FILES,
      'src/all.ts':
        `import { main } from './main.ts';\n${HEAD}` +
        "export const all = env.task(async () => main('x'));\n",
    });
    rmSync(join(workspace.root, 'src/all.ts'));
    rmSync(join(workspace.root, 'src/other.ts'));
    const { code, out } = await workspace.skein('affected --base base');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "no task changed since "base", 2 are as they were

      src/all.ts#all is gone
      src/other.ts#other is gone
      "
    `);
    workspace.git('commit', '--quiet', '--all', '--message=second');
    expect(await jsonOf(workspace, 'affected --base base --head main')).toMatchObject({
      gone: ['src/all.ts#all', 'src/other.ts#other'],
    });
  });

  test('compares two commits, whatever the files are', async () => {
    const workspace = repository();
    workspace.edit('src/helper.ts', 'return x;', 'return x + x;');
    workspace.git('commit', '--quiet', '--all', '--message=second');
    workspace.write('src/helper.ts', 'no module {');
    workspace.write('src/other.ts', 'nor this {');
    const { code, out } = await workspace.skein('affected --base base --head main');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "1 task changed between "base" and "main", 2 are as they were

      src/main.ts#main
        src/helper.ts#helper changed
      "
    `);
    expect(await jsonOf(workspace, 'affected --base main --head main')).toMatchObject({
      tasks: [],
      unchanged: 3,
    });
  });

  test('C6: another version in the lock file counts where the package is used', async () => {
    const workspace = repository({ ...FILES, 'package-lock.json': lockOf('1.0.0') });
    workspace.write('package-lock.json', lockOf('2.0.0'));
    const { code, out, err } = await workspace.skein('affected --base base');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "1 task changed since "base", 2 are as they were

      src/main.ts#parse
        package csv 1.0.0 → 2.0.0
      "
    `);
    expect(err).toMatchInlineSnapshot(`
      "warning[lockfile-differs]: the lock file of "base" has other versions of packages
        csv  1.0.0 → 2.0.0
        hint: they count as changed where tasks use them; their files are those installed now
      "
    `);
  });

  test('C5: a workspace package is that of the state it is compared in', async () => {
    const workspace = repository({
      ...FILES,
      'packages/lib/package.json': '{ "name": "lib", "type": "module", "exports": "./lib.ts" }',
      'packages/lib/lib.ts': 'export const lib = () => 1;\n',
      'src/other.ts':
        `${HEAD}import { lib } from 'lib';\n` +
        'export const other = env.task(async () => lib());\n',
    });
    symlinkSync('../packages/lib', join(workspace.root, 'node_modules/lib'));
    expect(await jsonOf(workspace, 'affected --base base src/other.ts')).toMatchObject({
      tasks: [],
      unchanged: 1,
    });
    workspace.edit('packages/lib/lib.ts', '1', '2');
    expect(await jsonOf(workspace, 'affected --base base src/other.ts')).toMatchObject({
      tasks: [{ changes: [{ kind: 'symbol', module: 'packages/lib/lib.ts', name: 'lib' }] }],
    });
  });

  test('a base that cannot be analysed makes all tasks count, and says why', async () => {
    const workspace = repository({ ...FILES, 'src/other.ts': `${HEAD}export const other = (` });
    workspace.write('src/other.ts', FILES['src/other.ts']);
    const { code, out, err } = await workspace.skein('affected --base base src/other.ts');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "1 task changed since "base"

      src/other.ts#other
        counts as changed: the base cannot be analysed
      "
    `);
    expect(err).toMatchInlineSnapshot(`
      "warning[syntax-error]: "src/other.ts" cannot be analysed as it is in "base"
        there  unexpected end of file (src/other.ts:3:23)
        hint: its tasks count as changed
      "
    `);
  });

  test('files that do not analyse now are told as everywhere', async () => {
    const workspace = repository();
    workspace.write('src/other.ts', `${HEAD}export const other = env.task(async () => {\n`);
    const { code, out, err } = await workspace.skein('affected --base base src/other.ts');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('error[syntax-error]');
    expect(err).toContain('src/other.ts:4:1');
  });

  test('it touches neither the files nor the index, and leaves nothing behind', async () => {
    const workspace = repository();
    workspace.edit('src/helper.ts', 'return x;', 'return x + x;');
    workspace.write('src/new.ts', 'export const x = 1;\n');
    const before = [workspace.git('status', '--porcelain'), indexOf(workspace.root)];
    await workspace.skein('affected --base base');
    await workspace.skein('affected --base gone');
    expect([workspace.git('status', '--porcelain'), indexOf(workspace.root)]).toEqual(before);
    expect(readdirSync(join(workspace.root, '.skein/tmp'))).toEqual([]);
  });

  test('a workspace below the top of its repository', async () => {
    const workspace = repository({ 'README.md': 'top' });
    for (const [path, text] of Object.entries(FILES)) workspace.write(`inner/${path}`, text);
    workspace.write('inner/package.json', '{ "name": "inner", "type": "module" }');
    workspace.git('add', '--all');
    workspace.git('commit', '--quiet', '--message=inner');
    workspace.edit('inner/src/helper.ts', 'return x;', 'return x + x;');
    const { code, out } = await workspace.skein('affected --base HEAD --json', 'inner');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      tasks: [{ task: 'src/main.ts#main' }],
      unchanged: 2,
    });
  });
});

describe('what "skein affected" refuses', () => {
  test.each([
    ['affected', 'needs a state of the tree'],
    ['affected --base nowhere', 'git knows no commit "nowhere"'],
    ['affected --base --help', 'base'],
    ['affected --base base --head nowhere', 'git knows no commit "nowhere"'],
    ['affected --base base src/gone.ts', 'there is no such module'],
    ['affected --base base package.json', 'there is no such module'],
  ])('%s', async (line, expected) => {
    const { code, out, err } = await repository().skein(line);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(expected);
  });

  test('a folder that is in no repository', async () => {
    const workspace = realWorkspace(FILES);
    open.push(workspace);
    const { code, err } = await workspace.skein('affected --base main');
    expect(code).toBe(2);
    expect(err).toContain('error[git-failed]: the workspace is not in a git repository');
  });

  test('a workspace in which no module declares tasks', async () => {
    const workspace = repository({ 'src/a.ts': 'export const a = 1;\n' });
    const { code, err } = await workspace.skein('affected --base base');
    expect(code).toBe(2);
    expect(err).toContain('no module was found that declares tasks');
  });
});

function indexOf(root: string): string {
  const file = join(root, '.git/index');
  return existsSync(file) ? readFileSync(file, 'base64') : '';
}
