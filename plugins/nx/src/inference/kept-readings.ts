import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { Reading } from './project-config.ts';

/** What one evaluation came to, and the content of all that it loaded. */
interface Kept {
  readonly contents: Readonly<Record<string, string>>;
  readonly found: { readonly reading: Reading };
}

interface Stored {
  readonly version: number;
  readonly node: string;
  readonly kept: Readonly<Record<string, Kept>>;
}

const VERSION = 1;
const LOCKS = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/**
 * Evaluations of earlier calls, of other processes too. Invariant: what is given is what would
 * be found now, as far as files say it: every loaded module is compared by content, installed
 * packages by the lock file. Errors are never kept: a file that was missing may be there now.
 */
export class KeptReadings {
  readonly #root: string;
  readonly #path: string;
  readonly #before: Readonly<Record<string, Kept>>;
  readonly #now: Record<string, Kept> = {};
  readonly #contents = new Map<string, string>();

  constructor(root: string, path: string) {
    this.#root = root;
    this.#path = path;
    this.#before = load(path);
  }

  find(file: string): Kept['found'] | undefined {
    const kept = this.#before[file];
    if (kept === undefined) return undefined;
    const holds = Object.entries(kept.contents).every(
      ([path, content]) => this.#contentOf(path) === content,
    );
    if (!holds) return undefined;
    this.#now[file] = kept;
    return kept.found;
  }

  keep(file: string, modules: readonly string[], reading: Reading): void {
    const installed = modules.some((path) => path.includes(`${sep}node_modules${sep}`));
    const own = modules.filter((path) => !path.includes(`${sep}node_modules${sep}`));
    const paths = own.map((path) => relative(this.#root, path)).concat(installed ? LOCKS : []);
    this.#now[file] = {
      contents: Object.fromEntries(paths.map((path) => [path, this.#contentOf(path)])),
      found: { reading },
    };
  }

  /**
   * Those of files that are gone go; others may be of another registration of the plugin. What
   * cannot be written is found out again next time.
   */
  save(): void {
    const others = Object.entries(this.#before).filter(([file]) =>
      existsSync(resolve(this.#root, file)),
    );
    const kept = { ...Object.fromEntries(others), ...this.#now };
    const stored: Stored = { version: VERSION, node: process.versions.node, kept };
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(temporary, JSON.stringify(stored));
      renameSync(temporary, this.#path);
    } catch {
      // A place that only other users may write to is no obstacle to inference.
    }
  }

  #contentOf(path: string): string {
    const known = this.#contents.get(path);
    if (known !== undefined) return known;
    const content = digestOf(resolve(this.#root, path));
    this.#contents.set(path, content);
    return content;
  }
}

function load(path: string): Stored['kept'] {
  try {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as Stored;
    const usable = stored.version === VERSION && stored.node === process.versions.node;
    return usable ? stored.kept : {};
  } catch {
    return {};
  }
}

function digestOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return 'absent';
  }
}
