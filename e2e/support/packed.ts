import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkCode, cleanEnvironment, start, type Ended } from './command.ts';
import { repository, type Sandbox } from './sandbox.ts';

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

/** Packs a package of the repository, and gives the path of the tarball. */
export async function pack(
  sandbox: Sandbox,
  folder: 'packages/skein' | 'plugins/nx',
  flags: readonly string[] = [],
): Promise<string> {
  const args = ['pack', '--json', ...flags, '--pack-destination', sandbox.folder];
  checkCode(await npm(sandbox, args, join(repository, folder)), 0);
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
