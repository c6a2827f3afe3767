import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProgramStart } from './host.ts';
import { spawnProgram, WHOLE_BYTES } from './spawn-program.ts';
import type { ProgramOrder, ProgramScope } from './spawn-program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-program-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What an action would have of a program. */
class Scope implements ProgramScope {
  readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  readonly started: ProgramStart[] = [];
  printed = '';
  #heard: (() => void) | undefined;

  print(stream: 'stdout' | 'stderr', text: string): void {
    this.printed += text === '' ? '' : `${stream}: ${text}`;
    this.#heard?.();
  }

  start<T>(program: ProgramStart, spawn: () => T): T {
    this.started.push(program);
    return spawn();
  }

  async said(text: string): Promise<void> {
    while (!this.printed.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}

function shell(line: string, more: Partial<ProgramOrder> = {}): ProgramOrder {
  const args = ['-c', line];
  return { program: 'sh', args, shown: args, stdin: undefined, kept: new Set(), ...more };
}

/** Empty: it has ended. */
async function wordsOf(pid: string): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

test('what it prints is told as it comes, and kept only where it is asked for', async () => {
  const scope = new Scope();
  const kept = new Set(['stdout'] as const);
  const end = await spawnProgram(shell('echo out; echo problem >&2', { kept }), scope);
  expect(end).toMatchObject({ exitCode: 0, signal: null });
  expect(end.stdout).toEqual({ tail: 'out\n', whole: Buffer.from('out\n') });
  expect(end.stderr).toEqual({ tail: 'problem\n', whole: undefined });
  expect(scope.printed).toContain('stdout: out\n');
  expect(scope.printed).toContain('stderr: problem\n');
});

test('a character that comes in two pieces is one', async () => {
  const scope = new Scope();
  const end = await spawnProgram(shell("printf '\\303'; sleep 0.05; printf '\\274'"), scope);
  expect(end.stdout.tail).toBe('ü');
  expect(scope.printed).toBe('stdout: ü');
});

test('O8: observers are told of it by its words, before it starts', async () => {
  const scope = new Scope();
  const shown = ['-c', "echo 'a.txt'"];
  await spawnProgram(shell('x=a.txt; echo "$x"', { shown }), scope);
  expect(scope.started).toEqual([{ program: 'sh', args: shown }]);
});

test('more than can be kept ends it', async () => {
  const scope = {
    ...new Scope(),
    print: () => undefined,
    start: <T>(_: unknown, go: () => T) => go(),
  };
  const line = `head -c ${WHOLE_BYTES + 1} /dev/zero; exec sleep 600`;
  const end = await spawnProgram(shell(line, { kept: new Set(['stdout']) }), scope);
  expect(end).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  expect(end.stdout.whole).toBeUndefined();
});

test('X5: when its action is to stop it ends, with its children, want it or not', async () => {
  const scope = new Scope();
  const reason = new Error('cancelled');
  const line = "trap '' TERM; sh -c \"trap '' TERM; echo pid $$; exec sleep 600\" & echo $! > ";
  const path = join(folder, 'pid');
  const ended = spawnProgram(shell(`${line} '${path}'; echo ready; wait`), scope);
  await scope.said('ready');
  await scope.said('pid');
  const pid = (await readFile(path, 'utf8')).trim();
  expect(await wordsOf(pid)).not.toBe('');
  scope.controller.abort(reason);
  await expect(ended).rejects.toBe(reason);
  expect(await wordsOf(pid)).toBe('');
});

test('X5: nothing starts for an action that has been stopped', async () => {
  const scope = new Scope();
  scope.controller.abort(new Error('cancelled'));
  await expect(spawnProgram(shell('echo x'), scope)).rejects.toThrow('cancelled');
  expect(scope.started).toEqual([]);
});
