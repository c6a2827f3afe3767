import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { analyse } from '../src/index.ts';
import type { Analysis, AnalysisResult } from '../src/index.ts';

/** Contents by workspace-relative path. */
export type Files = Readonly<Record<string, string>>;

const folders: string[] = [];

afterAll(() => {
  for (const it of folders) rmSync(it, { recursive: true, force: true });
});

/** An empty folder that is removed after the tests of the file. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'skein-analysis-')));
  folders.push(folder);
  return folder;
}

const BASE: Files = {
  'package.json': '{ "name": "w", "type": "module", "workspaces": ["packages/*"] }',
};

/** A small workspace on disk with its own state directory. */
export class TestWorkspace {
  readonly root: string;
  state: string;

  constructor(files: Files, root: string = emptyFolder()) {
    this.root = root;
    this.state = join(root, '.skein');
    this.write({ ...BASE, ...files });
  }

  write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  result(entry = 'src/main.ts'): Promise<AnalysisResult> {
    return analyse({ root: this.root, entry: join(this.root, entry), state: this.state });
  }

  async analysis(entry = 'src/main.ts'): Promise<Analysis> {
    const result = await this.result(entry);
    if (!result.ok) throw new Error(JSON.stringify(result.failures, null, 2));
    return result.analysis;
  }

  /** Code digests by task name. */
  async codes(entry = 'src/main.ts'): Promise<Record<string, string>> {
    const { tasks } = await this.analysis(entry);
    return Object.fromEntries(tasks.map((it) => [it.name, it.code]));
  }
}

/** The codes that a state directory without memory gives: what every quicker way has to equal. */
export async function freshCodes(workspace: TestWorkspace): Promise<Record<string, string>> {
  const { state } = workspace;
  workspace.state = emptyFolder();
  try {
    return await workspace.codes();
  } finally {
    workspace.state = state;
  }
}
