import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { execute as executeCommand, processIo as makeIo } from 'skein/command';
import type { Change } from './mutation.ts';
import { workspace, type Files } from './workspace.ts';

/** How a command of the lab ended. */
export interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LabTools {
  readonly execute: typeof executeCommand;
  readonly processIo: typeof makeIo;
  /** Folder of the package `skein` that workspaces link to. */
  readonly skein: string;
}

/** Makes workspaces, changes them, and runs commands in them, all in this process. */
export class Lab {
  readonly #tools: LabTools;
  readonly #folder: string;

  constructor(tools: LabTools, folder: string) {
    this.#tools = tools;
    this.#folder = folder;
  }

  /** A new workspace as every mutation finds it, `change` applied. */
  create(name: string, change: Change = {}): string {
    const root = join(this.#folder, name);
    write(root, workspace);
    symlinkSync(this.#tools.skein, join(root, 'node_modules', 'skein'));
    apply(root, change);
    return root;
  }

  /** The same workspace at another place, with its state. */
  copy(root: string, name: string): string {
    const copy = join(this.#folder, name);
    cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  }

  async run(root: string, change: Change, more: readonly string[] = []): Promise<Answered> {
    const line = ['run', 'src/main.ts', '--input', 'input.json', '--json', ...more];
    return await this.command(root, [...line, ...(change.flags ?? [])], change.variables);
  }

  async command(
    root: string,
    line: readonly string[],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const stdout = new Text();
    const stderr = new Text();
    const environment = { PATH: process.env['PATH'], HOME: this.#folder, ...variables };
    const io = this.#tools.processIo({ initiator: 'command', cwd: root, environment });
    const code = await this.#tools.execute(line, { ...io, environment, stdout, stderr });
    return { code, stdout: stdout.all, stderr: stderr.all };
  }

  remove(root: string): void {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Changes a workspace; a text that is not there is a mistake of the table. */
export function apply(root: string, { replaced = [], files = {}, touch }: Change): void {
  for (const [path, from, to] of replaced) {
    const before = readFileSync(join(root, path), 'utf8');
    if (!before.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
    writeFileSync(
      join(root, path),
      before.replace(from, () => to),
    );
  }
  write(root, files);
  touch?.(root);
}

function write(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    if (text === null) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Everything that was written to one stream of a command. */
class Text {
  all = '';

  write(text: string, written?: (error?: Error | null) => void): boolean {
    this.all += text;
    written?.();
    return true;
  }

  on(): this {
    return this;
  }

  off(): this {
    return this;
  }
}
