import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { isDamaged, storageFailure, systemCode } from './storage-failure.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('an error of the file system is a failure with path and cause', () => {
  const error = thrownBy(() => readFileSync('/absent/file'));
  expect(systemCode(error)).toBe('ENOENT');
  expect(storageFailure(error, '/state')).toMatchObject({
    code: 'state-unwritable',
    facts: [
      ['path', '/state'],
      ['cause', expect.stringContaining('ENOENT')],
    ],
  });
});

test('a full disk is told from other trouble, in files and in the database', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('create table t (a); pragma max_page_count = 2');
  const full = thrownBy(() => db.exec('insert into t values (zeroblob(1000000))'));
  expect(storageFailure(full, '/state')?.code).toBe('disk-full');
  const noSpace = Object.assign(new Error('no'), { code: 'ENOSPC', syscall: 'write' });
  expect(storageFailure(noSpace, '/state')?.code).toBe('disk-full');
  db.close();
});

test('a damaged database is told from one that only refuses', () => {
  const damaged = Object.assign(new Error('malformed'), { errcode: 11 });
  expect(isDamaged(damaged)).toBe(true);
  expect(storageFailure(damaged, '/state')?.code).toBe('state-corrupt');
  const busy = Object.assign(new Error('locked'), { errcode: 5 });
  expect(storageFailure(busy, '/state')).toMatchObject({
    code: 'state-unwritable',
    hint: 'another process holds the database: wait for it, or stop it',
  });
});

test('D6: tables that are not ours are told from a directory that cannot be written', () => {
  const db = new DatabaseSync(':memory:');
  const strange = thrownBy(() => db.prepare('select * from absent'));
  expect(storageFailure(strange, '/state')).toMatchObject({
    code: 'state-corrupt',
    facts: [
      ['path', '/state'],
      ['cause', 'no such table: absent'],
    ],
  });
  db.close();
});

test('any other error is no failure: it is a bug', () => {
  expect(storageFailure(new TypeError('bug'), '/state')).toBeUndefined();
});
