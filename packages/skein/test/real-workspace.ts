import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openWorkspace } from '@skein/workspace';
import { execute } from '../src/command.ts';
import { fakeIo } from './fake-io.ts';

/** A workspace on the disk, and the command in it, with real workers. */
export interface RealWorkspace {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  readonly edit: (path: string, from: string, to: string) => void;
  /**
   * Runs a command line, at the root or in a folder below it. What differs from run to run is
   * masked in what it wrote.
   */
  readonly skein: (line: string, folder?: string, variables?: Variables) => Promise<Answered>;
  readonly remove: () => void;
}

export type Variables = Readonly<Record<string, string>>;

export interface Answered {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs begin seconds apart: their ids are in their order, and files have settled times (C8). */
const STEP_MS = 1_000;

export function realWorkspace(files: Readonly<Record<string, string>>): RealWorkspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-command-')));
  let now = Date.now();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('package.json', '{ "name": "pipeline", "type": "module" }');
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    write,
    edit: (path, from, to) => {
      const before = readFileSync(join(root, path), 'utf8');
      if (!before.includes(from)) throw new Error(`${path} does not hold "${from}"`);
      write(path, before.replace(from, to));
    },
    skein: async (line, folder = '.', environment = {}) => {
      now += STEP_MS;
      const { io, stdout, stderr } = fakeIo({ open: openWorkspace, cwd: join(root, folder) });
      const clock = { now: () => now, elapsed: () => 0 };
      const code = await execute(line.split(' '), { ...io, clock, environment });
      return { code, out: masked(stdout()), err: masked(stderr()) };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function masked(text: string): string {
  return text
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'RUN')
    .replaceAll(/\b[0-9a-f]{64}-\d+/g, 'DIGEST')
    .replaceAll(/#[0-9a-f]{12}\b/g, '#DIGEST')
    .replaceAll(/ in \d[\d.]* (?:ms|s)\b/g, ' in TIME');
}
