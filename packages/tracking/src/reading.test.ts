import fs, { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';

const CONTENT = '\uFEFFläng,id\n1,2\n'.repeat(30);
/** More than is hashed at one go. */
const LONG = 'x'.repeat(300_000);

/** Gives what was read, as text. */
type Read = (path: string) => unknown;

const readAsync = promisify(fs.read);
const buffer = (): Buffer => Buffer.alloc(LONG.length + 1);

const READS: Readonly<Record<string, Read>> = {
  'readFileSync as utf8': (path) => readFileSync(path, 'utf8'),
  'readFileSync as bytes': (path) => readFileSync(path).toString(),
  'readFileSync of a URL': (path) => readFileSync(pathToFileURL(path), { encoding: 'utf-8' }),
  'readFileSync of a Buffer': (path) => readFileSync(Buffer.from(path), 'utf8'),
  'readFileSync of a relative path': (path) =>
    readFileSync(`${relative('', dirname(path))}/./folder/../${basename(path)}`, 'utf8'),
  'readFileSync as base64': (path) =>
    Buffer.from(readFileSync(path, 'base64'), 'base64').toString(),
  'readFileSync as latin1': (path) =>
    Buffer.from(readFileSync(path, 'latin1'), 'latin1').toString(),
  'readFileSync of a descriptor': (path) => {
    const file = fs.openSync(path, 'r');
    try {
      return readFileSync(file, 'utf8');
    } finally {
      fs.closeSync(file);
    }
  },
  'readFile with a callback': (path) => promisify(fs.readFile)(path, 'utf8'),
  'readFile with options and a callback': async (path) =>
    (await promisify(fs.readFile)(path, { flag: 'r' })).toString(),
  'promises.readFile': (path) => fsPromises.readFile(path, { encoding: 'utf8' }),
  'promises.readFile of a handle': (path) =>
    withHandle(path, (handle) => fsPromises.readFile(handle, 'utf8')),
  'FileHandle.readFile': (path) => withHandle(path, (handle) => handle.readFile('utf8')),
  'FileHandle.read': (path) =>
    withHandle(path, async (handle) => {
      const { bytesRead, buffer: bytes } = await handle.read(buffer(), 0, LONG.length, 0);
      return bytes.toString('utf8', 0, bytesRead);
    }),
  'FileHandle.readv': (path) =>
    withHandle(path, async (handle) => {
      const { bytesRead, buffers } = await handle.readv([buffer()]);
      return buffers[0]?.toString('utf8', 0, bytesRead);
    }),
  'FileHandle.createReadStream': (path) =>
    withHandle(path, (handle) => text(handle.createReadStream())),
  'FileHandle.readableWebStream': (path) =>
    withHandle(path, (handle) => text(handle.readableWebStream())),
  'FileHandle.readLines': (path) =>
    withHandle(path, async (handle) => {
      const lines: string[] = [];
      for await (const line of handle.readLines()) lines.push(line);
      return path.endsWith('long') ? lines[0] : `${lines.join('\n')}\n`;
    }),
  'openSync and readSync': (path) => {
    const file = fs.openSync(path, 'r');
    const bytes = buffer();
    const count = fs.readSync(file, bytes);
    fs.closeSync(file);
    return bytes.toString('utf8', 0, count);
  },
  'open, read and close': async (path) => {
    const file = await promisify(fs.open)(path, 'r');
    const { bytesRead, buffer: bytes } = await readAsync(file, buffer(), 0, LONG.length, null);
    await promisify(fs.close)(file);
    return bytes.toString('utf8', 0, bytesRead);
  },
  readvSync: (path) => {
    const file = fs.openSync(path, fs.constants.O_RDONLY);
    const bytes = buffer();
    const count = fs.readvSync(file, [bytes]);
    fs.closeSync(file);
    return bytes.toString('utf8', 0, count);
  },
  createReadStream: (path) => text(createReadStream(path)),
  'createReadStream, iterated': async (path) => {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(path, { highWaterMark: 100 })) {
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString();
  },
  'createReadStream of a descriptor': (path) =>
    text(createReadStream('', { fd: fs.openSync(path, 'r') })),
  'new ReadStream': (path) => text(Reflect.construct(fs.ReadStream, [path])),
  'ReadStream in the old way': (path) => text(inOldWay(path)),
  openAsBlob: async (path) => await (await fs.openAsBlob(path)).text(),
  'copyFile into scratch': async (path) => {
    const copy = `${workspace.scratch}/copy`;
    await fsPromises.copyFile(path, copy);
    return readFileSync(copy, 'utf8');
  },
  'copyFileSync into scratch': (path) => {
    const copy = `${workspace.scratch}/copy`;
    fs.copyFileSync(path, copy);
    return readFileSync(copy, 'utf8');
  },
};

async function withHandle<T>(
  path: string,
  use: (handle: fsPromises.FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await fsPromises.open(path, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** As graceful-fs extends the class. */
function inOldWay(path: string): Readable {
  const Own = function (this: object, from: string): unknown {
    return Reflect.apply(fs.ReadStream as unknown as () => unknown, this, [from]) ?? this;
  };
  Object.setPrototypeOf(Own, fs.ReadStream);
  Own.prototype = Object.create(fs.ReadStream.prototype) as object;
  return Reflect.construct(Own, [path]) as Readable;
}

let workspace: Workspace;

beforeAll(() => {
  workspace = openWorkspace();
  fs.mkdirSync(workspace.path('folder'));
});

afterAll(() => workspace.close());

describe.each(Object.entries(READS))('O1 O4: %s', (_, read) => {
  test.each([
    ['short', CONTENT],
    ['long', LONG],
  ])('observes a %s file as it was handed over', async (name, content) => {
    const path = workspace.path(name);
    writeFileSync(path, content);
    let got: unknown;
    const seen = await workspace.watch(async () => {
      got = await read(path);
    });
    // What decodes a stream drops the mark, as it always did.
    expect(String(got).replace(/^\uFEFF/, '')).toBe(content.replace(/^\uFEFF/, ''));
    expect(namesOf(seen)).toEqual([`file ${name}`]);
    expect(seen.untraceable).toEqual([]);
    expect(seen.wrote).toEqual([]);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    writeFileSync(path, `${content}!`);
    expect(await changedIn(workspace.world(), seen)).toEqual([`file ${name}`]);
  });

  test('observes that there is no such file', async () => {
    const path = workspace.path('absent');
    const seen = await workspace.watch(() => expectAbsence(read, path));
    expect(namesOf(seen)).toEqual(['file absent']);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    writeFileSync(path, '');
    expect(await changedIn(workspace.world(), seen)).toEqual(['file absent']);
    fs.rmSync(path);
  });
});

async function expectAbsence(read: Read, path: string): Promise<void> {
  await expect(async () => await read(path)).rejects.toMatchObject({ code: /ENOENT|ERR_INVALID/ });
}
