import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packArtifact } from '@skein/artifact';
import { digestHex, digestOf, dirReference } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Result } from '@skein/model';
import { Custody } from './custody.ts';
import type { CustodyRequest } from './custody-request.ts';
import type { AttemptHost } from './executor.ts';

const SECRET = 'the key of the house';
const secretDigest = digestOf('blob', SECRET);

let root: string;
let state: string;
let outbox: string;
let secret: string;
let custody: Custody;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skein-custody-'));
  state = join(root, 'state');
  outbox = join(state, 'scratch', 'pool', 'worker-1', 'outbox');
  secret = join(root, 'secret');
  mkdirSync(outbox, { recursive: true });
  writeFileSync(secret, SECRET);
  custody = new Custody(state, false);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function left(name: string, text: string): string {
  const path = join(outbox, name);
  writeFileSync(path, text);
  return path;
}

const answer = (asked: CustodyRequest, host?: AttemptHost): Promise<Result<string>> =>
  custody.answer(asked, { outbox, host });

const keep = (name: string, digest: Digest): Promise<Result<string>> =>
  answer({ what: 'keep-file', name, digest });

const loose = (digest: Digest): string => {
  const hex = digestHex(digest);
  return join(state, 'files', hex.slice(0, 2), hex);
};

async function reasonOf(asked: Promise<Result<string>>): Promise<string> {
  const refused = await asked;
  if (refused.ok) return 'taken in';
  expect(refused.failure.code).toBe('artifact-invalid');
  return refused.failure.facts.find(([name]) => name === 'reason')?.[1] ?? '';
}

test('D4: what is kept is a read-only copy of our own, whatever its maker does later', async () => {
  for (const text of ['small', 'x'.repeat(3 << 20)]) {
    const digest = digestOf('blob', text);
    const descriptor = openSync(left('file-1', text), 'r+');
    expect(await keep('file-1', digest)).toEqual({ ok: true, value: digest });
    writeSync(descriptor, 'changed', 0);
    expect(digestOf('blob', readFileSync(loose(digest)))).toBe(digest);
    expect(statSync(loose(digest)).mode & 0o777).toBe(0o444);
    expect(statSync(loose(digest)).uid).toBe(process.getuid?.());
  }
});

test('an empty file is a file', async () => {
  left('file-1', '');
  expect((await keep('file-1', digestOf('blob', ''))).ok).toBe(true);
});

const HOSTILE: Readonly<Record<string, readonly [make: () => unknown, reason: string]>> = {
  'a link to a secret': [() => symlinkSync(secret, join(outbox, 'file-1')), 'ELOOP'],
  'a link to a folder': [() => symlinkSync(root, join(outbox, 'file-1')), 'ELOOP'],
  'another name of a secret': [
    () => linkSync(secret, join(outbox, 'file-1')),
    'it has other names',
  ],
  'a folder': [() => mkdirSync(join(outbox, 'file-1')), 'it is no regular file'],
  'a pipe that nobody writes to': [
    () => execFileSync('mkfifo', [join(outbox, 'file-1')]),
    'it is no regular file',
  ],
  'nothing at all': [() => undefined, 'ENOENT'],
  'another text of the same length': [
    () => left('file-1', 'the key of the hotel'),
    'it holds something else',
  ],
  'a longer text': [() => left('file-1', `${SECRET}!`), 'it has another size'],
};

test.each(Object.keys(HOSTILE))('D4: in the place of a result, %s is refused', async (what) => {
  const [make, reason] = HOSTILE[what] ?? [() => undefined, ''];
  make();
  for (const kind of ['keep-file', 'keep-artifact'] as const) {
    const asked = { what: kind, name: 'file-1', digest: secretDigest };
    expect(await reasonOf(answer(asked))).toBe(reason);
  }
  expect(existsSync(loose(secretDigest))).toBe(false);
  expect(readFileSync(secret, 'utf8')).toBe(SECRET);
});

test.each(['../secret', '..', '.', '', 'a/b', '/etc/passwd', '.hidden', 'file\0', 'x'.repeat(300)])(
  'D4: %j is no name of a result',
  async (name) => {
    writeFileSync(join(outbox, '..', 'secret'), SECRET);
    expect(await reasonOf(keep(name, secretDigest))).toBe('it is no plain name');
  },
);

test('D4: an outbox that was exchanged for a link leads nowhere', async () => {
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  renameSync(secret, join(elsewhere, 'file-1'));
  rmSync(outbox, { recursive: true });
  symlinkSync(elsewhere, outbox);
  expect(await reasonOf(keep('file-1', secretDigest))).toMatch(/^(?:ENOTDIR|ELOOP)$/);
  expect(existsSync(loose(secretDigest))).toBe(false);
});

test('D4: who runs in no container has nothing to be taken in', async () => {
  const refused = custody.answer(
    { what: 'keep-file', name: 'file-1', digest: secretDigest },
    { outbox: undefined, host: undefined },
  );
  expect(await reasonOf(refused)).toBe('the worker runs in no container');
});

async function packed(text: string): Promise<{ readonly artifact: Digest; readonly file: Digest }> {
  const file = digestOf('blob', text);
  const source = join(root, 'source');
  writeFileSync(source, text);
  const made = await packArtifact({ files: [{ digest: file, path: source }] }, outbox);
  if (!made.ok) throw new Error(made.failure.headline);
  renameSync(made.value.path, join(outbox, 'artifact-1'));
  return { artifact: made.value.digest, file };
}

test('D3: an artifact is kept as a blob, and what it holds is laid out from it', async () => {
  const { artifact, file } = await packed('hello');
  const kept = await answer({ what: 'keep-artifact', name: 'artifact-1', digest: artifact });
  expect(kept).toEqual({ ok: true, value: artifact });
  const hex = digestHex(artifact);
  expect(statSync(join(state, 'blobs', hex.slice(0, 2), hex)).mode & 0o777).toBe(0o444);
  const asked = { what: 'lay-out-file', name: 'a.txt', digest: file } as const;
  expect((await answer(asked)).ok).toBe(false);
  const host = { artifactOf: () => Promise.resolve(artifact) } as unknown as AttemptHost;
  const path = await answer(asked, host);
  expect(path.ok && readFileSync(path.value, 'utf8')).toBe('hello');
  expect(path.ok && path.value.startsWith(join(state, 'files'))).toBe(true);
});

test('V6: a folder is laid out by what it holds, not by what it is said to be', async () => {
  left('file-1', 'a');
  const digest = digestOf('blob', 'a');
  await keep('file-1', digest);
  const entry = { path: 'b/a.txt', size: 1, digest, executable: true };
  const folder = await answer({ what: 'lay-out-dir', entries: [entry] });
  const reference = dirReference([entry]);
  expect(folder).toEqual({
    ok: true,
    value: join(state, 'files', 'dirs', digestHex(reference.digest)),
  });
  expect(folder.ok && readdirSync(folder.value)).toEqual(['b']);
});

test('D4: nothing is laid out under a name that leads away', async () => {
  left('file-1', 'a');
  const digest = digestOf('blob', 'a');
  await keep('file-1', digest);
  const entry = { path: '../../a.txt', size: 1, digest, executable: false };
  expect(await reasonOf(answer({ what: 'lay-out-dir', entries: [entry] }))).toContain('".."');
  const away = { what: 'lay-out-file', name: '../a.txt', digest } as const;
  expect(await reasonOf(answer(away))).toContain('slash');
});
