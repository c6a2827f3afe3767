import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkCode, cleanEnvironment, start, type Ended } from './command.ts';
import { isSource, repository, type Sandbox } from './sandbox.ts';

/** Of the libraries, those of this day at the latest: the same as in the workspace. */
export const BEFORE = '--before=2026-10-01';

/** Nothing but packages is asked for, and none of them runs anything. */
export const QUIETLY = ['--no-audit', '--no-fund', '--ignore-scripts', BEFORE] as const;

/** With an empty cache of npm and a slow network. */
export const INSTALL_MS = 240_000;

/** Where npm could not reach a registry. */
const UNREACHABLE = /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT/;

export function isUnreachable({ stderr, stdout }: Ended): boolean {
  return UNREACHABLE.test(stderr + stdout);
}

/** Registry, cache, proxies and certificates of npm are those of whoever tests. */
export function npmVariables(sandbox: Sandbox): Readonly<Record<string, string | undefined>> {
  return { ...process.env, PATH: cleanEnvironment(sandbox)['PATH'] };
}

export async function npm(
  sandbox: Sandbox,
  args: readonly string[],
  cwd: string = sandbox.folder,
): Promise<Ended> {
  const variables = npmVariables(sandbox);
  return await start(sandbox, ['npm', ...args], { cwd, variables, limitMs: INSTALL_MS }).ended;
}

/**
 * The repository's packages in a folder of the sandbox: packing builds them anew, and other tests
 * use what is built in the repository.
 */
async function checkOut(sandbox: Sandbox): Promise<string> {
  const folder = join(sandbox.folder, 'checkout');
  if (existsSync(folder)) return folder;
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  for (const name of ['package.json', 'tsconfig.base.json', 'scripts', 'packages', 'plugins']) {
    const copied = { recursive: true, filter: isSource };
    await cp(join(repository, name), join(folder, name), copied);
  }
  const installed = join(repository, 'node_modules');
  for (const name of await readdir(installed)) {
    const [from, to] = [join(installed, name), join(modules, name)];
    // Links to packages of the repository are relative: here they lead to the copies.
    if (name === '@skein' || name === 'skein') {
      await cp(from, to, { recursive: true, verbatimSymlinks: true });
    } else await symlink(from, to);
  }
  return folder;
}

/** Packs a package of the repository, and gives the path of the tarball. */
export async function pack(
  sandbox: Sandbox,
  folder: 'packages/skein' | 'plugins/nx',
  flags: readonly string[] = [],
): Promise<string> {
  const args = ['pack', '--json', ...flags, '--pack-destination', sandbox.folder];
  checkCode(await npm(sandbox, args, join(await checkOut(sandbox), folder)), 0);
  const name = folder === 'packages/skein' ? /^skein-\d.*\.tgz$/ : /^skein-nx-.*\.tgz$/;
  const found = (await readdir(sandbox.folder)).find((file) => name.test(file));
  return join(sandbox.folder, found ?? 'none');
}

/** A Node of this machine that Skein does not run on. */
export function findOldNode(sandbox: Sandbox): string | undefined {
  const folders = ['/usr/local/bin', '/usr/bin', '/opt/node/bin'];
  const paths = folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path));
  return paths.find((path) => {
    const env = { ...cleanEnvironment(sandbox), PATH: dirname(path) };
    const { stdout } = spawnSync(path, ['--version'], { env, encoding: 'utf8' });
    const [, major = '99'] = /^v(\d+)\./.exec(stdout ?? '') ?? [];
    return Number(major) < 24;
  });
}
