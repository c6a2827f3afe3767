import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from '@skein/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { factOf, failureOf, makeFolder, valueOf, type Folder } from '../test/opened-images.ts';
import { EMPTY_LOCK, printLock, type ImageLock } from './lock.ts';
import { changeLock, LOCK_NAME, readLock, type LockPlace } from './lock-file.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const WRITERS = 3;
const ENTRIES = 25;

let folder: Folder;
let place: LockPlace;
let path: string;
beforeEach(() => {
  folder = makeFolder();
  place = { root: folder.path, stateDir: join(folder.path, '.skein') };
  path = join(folder.path, LOCK_NAME);
});
afterEach(() => folder.remove());

const ONE: ImageLock = {
  images: new Map([['x:1', new Map([['linux/amd64', { digest: DIGEST }]])]]),
  recipes: new Map(),
};

test('an absent lock is an empty one, and is not written for nothing', () => {
  expect(valueOf(readLock(folder.path))).toEqual(EMPTY_LOCK);
  valueOf(changeLock(place, (lock) => succeed(lock)));
  expect(existsSync(path)).toBe(false);
});

test('a lock that says the same already is left as it is, however it is written', () => {
  const own = JSON.stringify(JSON.parse(printLock(ONE)));
  writeFileSync(path, own);
  valueOf(changeLock(place, () => succeed(ONE)));
  expect(readFileSync(path, 'utf8')).toBe(own);
});

test('a damaged lock is never written over', () => {
  writeFileSync(path, '<<<<<<< HEAD\n');
  const failure = failureOf(changeLock(place, () => succeed(ONE)));
  expect(failure).toMatchObject({ code: 'image-lock', kind: 'usage' });
  expect(factOf(failure, 'path')).toBe(path);
  expect(readFileSync(path, 'utf8')).toBe('<<<<<<< HEAD\n');
});

test('what a writer that died left under the temporary name is in nobody’s way', () => {
  writeFileSync(`${path}.tmp`, '{"version": 1, "ima');
  valueOf(changeLock(place, () => succeed(ONE)));
  expect(readFileSync(path, 'utf8')).toBe(printLock(ONE));
  expect(existsSync(`${path}.tmp`)).toBe(false);
});

test('a lock that cannot be written is a failure with its path, and nothing is left', () => {
  mkdirSync(`${path}.tmp`);
  const failure = failureOf(changeLock(place, () => succeed(ONE)));
  expect(failure).toMatchObject({ code: 'image-lock', kind: 'environment' });
  expect(factOf(failure, 'path')).toBe(path);
  expect(existsSync(path)).toBe(false);
});

test('a lock that cannot be read is a failure with its path', () => {
  mkdirSync(path);
  expect(failureOf(readLock(folder.path))).toMatchObject({ code: 'image-lock' });
});

test('of several processes that write at once none loses an entry of another', async () => {
  const writer = fileURLToPath(new URL('../test/lock-writer.ts', import.meta.url));
  const codes = Array.from({ length: WRITERS }, (_, at) => {
    const child = spawn(
      process.execPath,
      ['--conditions=@skein/source', writer, place.root, place.stateDir, `w${at}`, `${ENTRIES}`],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(codes)).toEqual(Array(WRITERS).fill(0));
  expect(valueOf(readLock(folder.path)).images.size).toBe(WRITERS * ENTRIES);
}, 60_000);

test('D7: a lock that is a link stays one: what it leads to is written', () => {
  const shared = join(folder.path, 'shared.json');
  writeFileSync(shared, printLock(EMPTY_LOCK));
  symlinkSync('shared.json', path);
  valueOf(changeLock(place, () => succeed(ONE)));
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(shared, 'utf8')).toBe(printLock(ONE));
});

test('D7: a link to nothing is a failure and stays, not an empty lock', () => {
  symlinkSync('nowhere.json', path);
  const failure = failureOf(changeLock(place, () => succeed(ONE)));
  expect(failure).toMatchObject({ code: 'image-lock', headline: expect.stringMatching(/read/) });
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  rmSync(path);
});

test('D7: a pipe in the place of the lock is not waited for', () => {
  execFileSync('mkfifo', [path]);
  expect(factOf(failureOf(readLock(folder.path)), 'problem')).toBe('it is no file');
});

test('D7: nothing is written through what lies under the temporary name', () => {
  const other = join(folder.path, 'other.json');
  writeFileSync(other, 'kept');
  symlinkSync('other.json', `${path}.tmp`);
  valueOf(changeLock(place, () => succeed(ONE)));
  expect(readFileSync(other, 'utf8')).toBe('kept');
});
