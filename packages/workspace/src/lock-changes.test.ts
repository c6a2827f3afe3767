import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Lock, LockChanges, readLock } from './lock-changes.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `a@1: b c` for a package that depends on others, by the folder it is in. */
function lockOf(...lines: readonly string[]): Lock {
  return new Map(
    lines.map((line) => {
      const [, path = '', version = '', names = ''] = /^(\S+)@(\S+?)(?:: (.*))?$/.exec(line) ?? [];
      const dependencies = Object.fromEntries(
        names.split(' ').flatMap((it) => (it === '' ? [] : [[it, '*'] as const])),
      );
      return [`node_modules/${path}`, { version, dependencies }];
    }),
  );
}

const changed = (name: string, before: string, after: string) => ({
  kind: 'package',
  name,
  before,
  after,
});

describe('LockChanges', () => {
  it('counts what a package depends on, as npm has laid it out', () => {
    const before = lockOf('a@1: b', 'b@1: c', 'c@1', 'b/node_modules/c@1', 'd@1');
    const now = lockOf('a@1: b', 'b@1: c', 'c@2', 'b/node_modules/c@3', 'd@2');
    const changes = new LockChanges(before, now);
    expect(changes.of('a', '1')).toEqual([changed('c', '1', '3')]);
    expect(changes.of('c', '2')).toEqual([changed('c', '1', '2')]);
    expect(changes.of('unknown', '1')).toEqual([]);
    expect(changes.all()).toEqual([
      changed('c', '1', '3'),
      changed('c', '1', '2'),
      changed('d', '1', '2'),
    ]);
  });

  it('tells what is new and what is gone', () => {
    const changes = new LockChanges(lockOf('a@1', '@s/b@1'), lockOf('a@1', 'c@1'));
    expect(changes.all()).toEqual([
      { kind: 'package', name: '@s/b', before: '1' },
      { kind: 'package', name: 'c', after: '1' },
    ]);
  });
});

describe('readLock', () => {
  it('gives nothing where there is none, or none that can be read', () => {
    expect(readLock(folder)).toBeUndefined();
    writeFileSync(join(folder, 'package-lock.json'), '{');
    expect(readLock(folder)).toBeUndefined();
    writeFileSync(join(folder, 'package-lock.json'), '{ "packages": { "": {} } }');
    expect(readLock(folder)).toEqual(new Map([['', {}]]));
  });
});
