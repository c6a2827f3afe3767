import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start, withoutColours, type Ended } from './command.ts';
import { repository, type Sandbox } from './sandbox.ts';

const BUILD = {
  cache: true,
  inputs: ['{projectRoot}/src/**/*'],
  outputs: ['{projectRoot}/dist'],
};

/** A clone of an Nx workspace whose packages can be built, with a local cache of its own. */
export class NxWorkspace {
  readonly #sandbox: Sandbox;
  readonly #folder: string;

  private constructor(sandbox: Sandbox, folder: string) {
    this.#sandbox = sandbox;
    this.#folder = folder;
  }

  /** `packages` of them; the same number gives the same sources. */
  static async make(sandbox: Sandbox, name: string, packages: number): Promise<NxWorkspace> {
    const workspace = new NxWorkspace(sandbox, join(sandbox.folder, name));
    await mkdir(workspace.root, { recursive: true });
    await symlink(join(repository, 'node_modules'), join(workspace.root, 'node_modules'));
    await workspace.write('package.json', { name: 'clone', private: true });
    await workspace.write('nx.json', {
      analytics: false,
      neverConnectToCloud: true,
      tui: { enabled: false },
      targetDefaults: { build: BUILD },
    });
    for (let number = 1; number <= packages; number += 1) await workspace.#addPackage(number);
    return workspace;
  }

  get root(): string {
    return join(this.#folder, 'workspace');
  }

  async write(file: string, content: object | string): Promise<void> {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(this.root, file), text);
  }

  /** Builds everything, with the cache server's address and a token where there is one. */
  async build(server?: { readonly address: string; readonly token: string }): Promise<Ended> {
    const command = [join(repository, 'node_modules', '.bin', 'nx'), 'run-many', '-t', 'build'];
    const variables = {
      NX_DAEMON: 'false',
      NX_WORKSPACE_DATA_DIRECTORY: join(this.#folder, 'data'),
      NX_CACHE_DIRECTORY: join(this.#folder, 'cache'),
      ...(server === undefined
        ? {}
        : {
            NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.address,
            NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: server.token,
          }),
    };
    const ended = await start(this.#sandbox, command, { cwd: this.root, variables }).ended;
    return withoutColours(ended);
  }

  /** As a machine is that never built anything. */
  async forget(): Promise<void> {
    for (const name of ['data', 'cache']) {
      await rm(join(this.#folder, name), { recursive: true, force: true });
    }
    for (const name of await readdir(join(this.root, 'packages'))) {
      await rm(join(this.root, 'packages', name, 'dist'), { recursive: true, force: true });
    }
  }

  async #addPackage(number: number): Promise<void> {
    const folder = join('packages', `p${number}`);
    await mkdir(join(this.root, folder, 'src'), { recursive: true });
    await this.write(join(folder, 'src', 'index.js'), `export const number = ${number};\n`);
    const command = 'mkdir -p dist && cp src/index.js dist/ && echo built';
    const build = { command, options: { cwd: '{projectRoot}' } };
    await this.write(join(folder, 'project.json'), { name: `p${number}`, targets: { build } });
  }
}

/** How many tasks were taken from the remote cache, from the local one, and executed. */
export function countBuilds({ stdout }: Ended): {
  readonly remote: number;
  readonly local: number;
  readonly executed: number;
} {
  const lines = stdout.split('\n').filter((line) => /nx run p\d+:build/.test(line));
  const remote = lines.filter((line) => line.includes('[remote cache]')).length;
  const local = lines.filter((line) => line.includes('[local cache]')).length;
  return { remote, local, executed: lines.length - remote - local };
}
