import { execFileSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const HEAD =
  "import { environment } from 'skein';\nconst env = environment({ name: 'e', cache: 'auto' });\n";
const FILES = {
  '.gitignore': '.skein\nsrc/generated.ts\n',
  'package-lock.json': '{ "lockfileVersion": 3, "packages": {} }\n',
  'src/main.ts':
    `${HEAD}import { helper } from './helper.ts';\nimport { made } from './generated.ts';\n` +
    "import table from './table.json' with { type: 'json' };\n" +
    'export const main = env.task(async (n: number) => helper(n) + made + table.length);\n',
  'src/helper.ts': 'export const helper = (n: number): number => n;\n',
  'src/generated.ts': 'export const made = 1;\n',
  'src/table.json': '[1, 2]\n',
  'src/other.ts': 'export const other = 1;\n',
};

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 90_000 };

const workspaces: RealWorkspace[] = [];

afterEach(() => {
  for (const one of workspaces.splice(0)) one.remove();
});

function workspaceOf(files: Readonly<Record<string, string>>): RealWorkspace {
  const made = realWorkspace(files);
  workspaces.push(made);
  return made;
}

interface Repository extends RealWorkspace {
  readonly git: (...args: readonly string[]) => string;
}

function repositoryOf(files: Readonly<Record<string, string>>): Repository {
  const workspace = workspaceOf(files);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: workspace.root,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
      },
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
  return { ...workspace, git };
}

interface Version {
  readonly commit: string | null;
  readonly branch: string | null;
  readonly dirty: readonly string[] | null;
  readonly lockfile: { readonly path: string } | null;
}

async function versionAfter(of: RealWorkspace, line: string): Promise<Version> {
  const { code, err } = await of.skein(line);
  expect([code, err]).toEqual([0, '']);
  const shown = JSON.parse((await of.skein('show last --json')).out) as { version: Version };
  return shown.version;
}

test(
  'PARITY 14: a run says commit, branch, lock file, and what of its code differs',
  SLOW,
  async () => {
    const workspace = repositoryOf(FILES);
    const commit = workspace.git('rev-parse', 'HEAD');
    // What is ignored is in no commit; what the run does not use does not count.
    workspace.edit('src/other.ts', '1', '2');
    const first = await versionAfter(workspace, 'run src/main.ts --n 1');
    expect(first).toMatchObject({
      commit,
      branch: 'main',
      dirty: ['src/generated.ts'],
      lockfile: { path: 'package-lock.json' },
    });
    workspace.edit('src/helper.ts', '=> n', '=> n /* as it is */');
    workspace.edit('src/table.json', '2', '3');
    const edited = await versionAfter(workspace, 'run src/main.ts --n 1');
    expect(edited.dirty).toEqual(['src/generated.ts', 'src/helper.ts', 'src/table.json']);
    workspace.git('add', '--all', '--force', 'src');
    workspace.git('commit', '--quiet', '--message=second');
    const clean = await versionAfter(workspace, 'run src/main.ts --n 2');
    expect(clean).toMatchObject({ commit: workspace.git('rev-parse', 'HEAD'), dirty: [] });
  },
);

test(
  'what git said once is known to a run that executes nothing, which starts no git',
  SLOW,
  async () => {
    const workspace = repositoryOf(FILES);
    await versionAfter(workspace, 'run src/main.ts --n 1');
    const again = await versionAfter(workspace, 'run src/main.ts --n 1');
    expect(again.dirty).toEqual(['src/generated.ts']);
    workspace.git('commit', '--quiet', '--allow-empty', '--message=second');
    const unknown = await versionAfter(workspace, 'run src/main.ts --n 1');
    expect(unknown).toMatchObject({ commit: workspace.git('rev-parse', 'HEAD'), dirty: null });
    expect((await versionAfter(workspace, 'run src/main.ts --n 1 --force')).dirty).toEqual([
      'src/generated.ts',
    ]);
    expect((await versionAfter(workspace, 'run src/main.ts --n 1')).dirty).toEqual([
      'src/generated.ts',
    ]);
  },
);

test('lines that git ends otherwise in the working tree are no difference', SLOW, async () => {
  const workspace = repositoryOf({ ...FILES, '.gitattributes': '*.ts text eol=crlf\n' });
  workspace.git('rm', '--quiet', '--cached', '-r', '.');
  workspace.git('reset', '--quiet', '--hard');
  const version = await versionAfter(workspace, 'run src/main.ts --n 1');
  expect(version.dirty).toEqual(['src/generated.ts']);
});

test('a workspace below the top of the repository, and none at all', SLOW, async () => {
  const outer = repositoryOf(
    Object.fromEntries(
      Object.entries({ ...FILES, 'package.json': '{ "name": "w", "type": "module" }' }).map(
        ([path, text]) => [`tools/pipeline/${path}`, text],
      ),
    ),
  );
  const { code } = await outer.skein('run src/main.ts --n 1', 'tools/pipeline');
  expect(code).toBe(0);
  const shown = await outer.skein('show last --json', 'tools/pipeline');
  expect(JSON.parse(shown.out)).toMatchObject({
    version: { branch: 'main', dirty: ['src/generated.ts'] },
  });
  const alone = workspaceOf(FILES);
  expect(await versionAfter(alone, 'run src/main.ts --n 1')).toMatchObject({
    commit: null,
    branch: null,
    dirty: null,
    lockfile: { path: 'package-lock.json' },
  });
});

test('a rerun says the version of the code that it runs', SLOW, async () => {
  const workspace = repositoryOf(FILES);
  const first = await versionAfter(workspace, 'run src/main.ts --n 1');
  workspace.edit('src/helper.ts', '=> n', '=> n + 1');
  workspace.git('commit', '--quiet', '--all', '--message=second');
  const { err } = await workspace.skein('rerun last --force');
  expect(err).toMatch(/ {2}commit {2}[0-9a-f]{12} → [0-9a-f]{12}\n/);
  const shown = await workspace.skein('show last --json');
  expect(JSON.parse(shown.out)).toMatchObject({
    version: { commit: first.commit, branch: 'main', dirty: ['src/generated.ts'] },
  });
});
