import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkCode, start, withoutColours, type Ended } from './command.ts';
import { startRegistry, type LocalRegistry } from './local-registry.ts';
import { INSTALL_MS, isUnreachable, npm, npmVariables, pack, QUIETLY } from './packed.ts';
import { repository, type Sandbox } from './sandbox.ts';

/** The newest complete set of Nx 23. */
const NX = '23.2.1';

const MANIFEST = '{\n  "name": "fresh",\n  "private": true\n}\n';

const NX_JSON = `{
  // the workspace of a stranger
  "analytics": false,
  "neverConnectToCloud": true
}
`;

/** Nx, as it is started without npm's help. */
export const NX_PROGRAM = join('node_modules', 'nx', 'dist', 'bin', 'nx.js');

export interface InferredTarget {
  readonly executor: string;
  readonly cache: boolean;
  readonly options: object;
}

/** A workspace that has Nx and nothing else, and a registry that has our packages, packed. */
export class FreshWorkspace {
  readonly root: string;
  readonly registry: LocalRegistry;
  readonly #sandbox: Sandbox;

  private constructor(sandbox: Sandbox, root: string, registry: LocalRegistry) {
    this.#sandbox = sandbox;
    this.root = root;
    this.registry = registry;
  }

  /** `undefined` where no registry can be reached. */
  static async make(sandbox: Sandbox): Promise<FreshWorkspace | undefined> {
    // The first builds both.
    const skein = await pack(sandbox, 'packages/skein');
    const plugin = await pack(sandbox, 'plugins/nx', ['--ignore-scripts']);
    const publications = [
      { folder: join(repository, 'packages', 'skein'), tarball: skein },
      { folder: join(repository, 'plugins', 'nx'), tarball: plugin },
    ];
    const configured = await npm(sandbox, ['config', 'get', 'registry']);
    const registry = await startRegistry(publications, configured.stdout.trim());
    const workspace = new FreshWorkspace(sandbox, join(sandbox.folder, 'fresh'), registry);
    await workspace.write('package.json', MANIFEST);
    await workspace.write('nx.json', NX_JSON);
    const libraries = ['--save-dev', `nx@${NX}`, `@nx/devkit@${NX}`];
    const installed = await npm(sandbox, ['install', ...QUIETLY, ...libraries], workspace.root);
    if (!isUnreachable(installed)) {
      checkCode(installed, 0);
      return workspace;
    }
    await registry.close();
    return undefined;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.root, path), 'utf8');
  }

  /** Runs Nx, whose npm asks our registry for what it installs. */
  async nx(...args: readonly string[]): Promise<Ended> {
    const variables = {
      ...npmVariables(this.#sandbox),
      NX_DAEMON: 'false',
      npm_config_registry: this.registry.address,
      npm_config_before: '2026-10-01',
      npm_config_ignore_scripts: 'true',
      npm_config_audit: 'false',
    };
    const request = { cwd: this.root, variables, limitMs: INSTALL_MS };
    const command = [process.execPath, NX_PROGRAM, ...args];
    return withoutColours(await start(this.#sandbox, command, request).ended);
  }

  /** What Nx prints where all goes well. */
  async output(...args: readonly string[]): Promise<string> {
    const ended = await this.nx(...args);
    checkCode(ended, 0);
    return ended.stdout;
  }

  async targetsOf(project: string): Promise<Readonly<Record<string, InferredTarget>>> {
    const text = await this.output('show', 'project', project, '--json');
    const shown = JSON.parse(text) as {
      readonly targets: Readonly<Record<string, InferredTarget>>;
    };
    return shown.targets;
  }
}
