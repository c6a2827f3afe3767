import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programDigests } from './program.ts';

/** What is older than any clock's step has settled (C8). */
const LATER_MS = 60_000;

describe('the program of a command task', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skein-program-'));
    for (const name of ['first', 'second', 'cwd']) mkdirSync(join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, text: string, mode = 0o755): void => {
    writeFileSync(join(folder, path), text);
    chmodSync(join(folder, path), mode);
  };
  const find = (reads: string[] = []): ((name: string) => Digest | null) => {
    const kept = new Map();
    return programDigests({
      cwd: join(folder, 'cwd'),
      path: `${join(folder, 'first')}:${join(folder, 'second')}`,
      stamps: {
        read: (path) => kept.get(path),
        write: (path, known) => {
          reads.push(path);
          kept.set(path, known);
        },
      },
      now: () => Date.now() + LATER_MS,
    });
  };
  const digest = (text: string): Digest => digestOf('blob', Buffer.from(text));

  it('Q5: is the first on the PATH that can be executed, by its content', () => {
    write('first/tool', 'not to be executed', 0o644);
    mkdirSync(join(folder, 'first', 'other'));
    write('second/tool', 'two');
    write('second/other', 'three');
    expect(find()('tool')).toBe(digest('two'));
    expect(find()('other')).toBe(digest('three'));
    write('first/tool', 'one');
    expect(find()('tool')).toBe(digest('one'));
  });

  it('Q5: is found from the folder of the worker where it is named by a path', () => {
    write('cwd/run.sh', 'mine');
    symlinkSync(join(folder, 'cwd/run.sh'), join(folder, 'first/link'));
    expect(find()('./run.sh')).toBe(digest('mine'));
    expect(find()(join(folder, 'cwd/run.sh'))).toBe(digest('mine'));
    expect(find()('link')).toBe(digest('mine'));
    expect(find()('run.sh')).toBe(null);
    expect(find()('nowhere')).toBe(null);
  });

  it('C8: is read once while it is untouched', () => {
    write('first/tool', 'one');
    const reads: string[] = [];
    const digestOfProgram = find(reads);
    expect([digestOfProgram('tool'), digestOfProgram('tool')]).toEqual(
      Array.from({ length: 2 }, () => digest('one')),
    );
    expect(reads).toEqual([join(folder, 'first/tool')]);
    write('first/tool', 'another');
    expect(digestOfProgram('tool')).toBe(digest('another'));
  });
});
