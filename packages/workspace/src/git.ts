import { execFile, spawn } from 'node:child_process';
import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';

/** A file, link or submodule of a commit. */
export interface GitEntry {
  /** Octal, as git writes it: `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  readonly object: string;
  /** Relative to the repository's top, with `/`. */
  readonly path: string;
}

/** Where git is run, and what it reads of the environment. */
export interface GitPlace {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted where nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

const LARGEST_OUTPUT_BYTES = 1024 ** 3;

/**
 * Questions to git. Nothing that is asked writes: not the index, not the working tree, no ref.
 * Every failure is `git-failed`.
 */
export class Git {
  /** Absolute top of the repository. */
  readonly top: string;
  readonly #place: GitPlace;

  private constructor(top: string, place: GitPlace) {
    this.top = top;
    this.#place = place;
  }

  static async open(place: GitPlace): Promise<Result<Git>> {
    const top = await run(place, ['rev-parse', '--show-toplevel']);
    if (!top.ok) return fail(top.missing ? noGit(place) : noRepository(place, top.error));
    return succeed(new Git(top.output.replace(/\n$/, ''), place));
  }

  /** The commit that a name stands for. */
  async commit(name: string): Promise<Result<string>> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    const found = await run(this.#place, args);
    return found.ok ? succeed(found.output.trim()) : fail(unknownRef(name));
  }

  /** `paths`: only these, relative to the repository's top; none: all. */
  async entries(
    commit: string,
    paths: readonly string[] = [],
  ): Promise<Result<readonly GitEntry[]>> {
    const args = ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths];
    const listed = await run(this.#place, args);
    if (!listed.ok) return fail(failed('ls-tree', listed.error));
    return succeed(listed.output.split('\0').flatMap(readEntry));
  }

  /** Files below a folder that are tracked, or new and not ignored; relative to it. */
  async files(folder: string): Promise<Result<readonly string[]>> {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = await run({ ...this.#place, folder }, args);
    if (!listed.ok) return fail(failed('ls-files', listed.error));
    return succeed([...new Set(listed.output.split('\0'))].filter((it) => it !== ''));
  }

  /** Hands over the content of each object, in the order given. */
  async contents(
    objects: readonly string[],
    take: (content: Buffer, index: number) => void,
  ): Promise<Result<void>> {
    const { folder, environment, signal } = this.#place;
    const child = spawn('git', ['cat-file', '--batch'], {
      signal,
      cwd: folder,
      env: quiet(environment),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // An early end shows as contents that are missing.
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
    child.stdin.end(objects.map((it) => `${it}\n`).join(''));
    const reader = new BatchReader(child.stdout);
    for (const index of objects.keys()) {
      const content = await reader.next();
      if (content === undefined) return fail(failed('cat-file', `no object ${objects[index]}`));
      take(content, index);
    }
    return succeed(undefined);
  }
}

/** What `git cat-file --batch` prints: a line with the size, the content, an end of line. */
class BatchReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);

  constructor(output: AsyncIterable<Buffer>) {
    this.#chunks = output[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer | undefined> {
    while (!this.#pending.includes('\n')) {
      if (!(await this.#fill(this.#pending.length + 1))) return undefined;
    }
    const end = this.#pending.indexOf('\n');
    const size = Number(/ (\d+)$/.exec(this.#pending.toString('utf8', 0, end))?.[1] ?? Number.NaN);
    const whole = end + 1 + size + 1;
    if (Number.isNaN(size) || !(await this.#fill(whole))) return undefined;
    const content = this.#pending.subarray(end + 1, end + 1 + size);
    this.#pending = this.#pending.subarray(whole);
    return content;
  }

  /** Reads on until so many bytes are there. False where the output ends before. */
  async #fill(wanted: number): Promise<boolean> {
    const chunks = [this.#pending];
    let length = this.#pending.length;
    while (length < wanted) {
      const { value, done } = await this.#chunks.next();
      if (done === true) break;
      chunks.push(value);
      length += value.length;
    }
    if (chunks.length > 1) this.#pending = Buffer.concat(chunks);
    return length >= wanted;
  }
}

function readEntry(line: string): GitEntry[] {
  const [, mode, object, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
  if (mode === undefined || object === undefined || path === undefined) return [];
  return [{ mode, object, path }];
}

type Ran =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: string; readonly missing: boolean };

function run({ folder, environment, signal }: GitPlace, args: readonly string[]): Promise<Ran> {
  const env = quiet(environment);
  const options = { cwd: folder, env, maxBuffer: LARGEST_OUTPUT_BYTES, signal };
  return new Promise((settle) => {
    execFile('git', [...args], options, (error, output, errors) => {
      if (error === null) settle({ ok: true, output });
      else settle({ ok: false, error: errors.trim() || error.message, missing: isMissing(error) });
    });
  });
}

/** Even reading commands may refresh the index unless they are told not to. */
function quiet(environment: GitPlace['environment']): NodeJS.ProcessEnv {
  return { ...environment, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}

function failed(command: string, error: string): Failure {
  const [first = ''] = error.split('\n');
  return {
    code: 'git-failed',
    kind: 'environment',
    headline: `git ${command} failed`,
    facts: [['git', first]],
  };
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}

function noGit({ folder }: GitPlace): Failure {
  return {
    code: 'git-failed',
    kind: 'environment',
    headline: 'git cannot be started',
    facts: [['from', `"${folder}"`]],
    hint: 'install git, or put it on the PATH',
  };
}

function noRepository({ folder }: GitPlace, error: string): Failure {
  const [first = ''] = error.split('\n');
  return {
    code: 'git-failed',
    kind: 'usage',
    headline: 'the workspace is not in a git repository',
    facts: [
      ['workspace', `"${folder}"`],
      ['git', first],
    ],
    hint: 'states of the tree are told apart by git: run the command in a clone',
  };
}

function unknownRef(name: string): Failure {
  return {
    code: 'git-failed',
    kind: 'usage',
    headline: `git knows no commit "${name}"`,
    facts: [],
    hint: 'name a branch, tag or commit that is here: a shallow clone has only the last one',
  };
}
