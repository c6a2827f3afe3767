import fs, { createReadStream } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Seen, Workspace } from '../test/observed.ts';

const CHUNK = 1 << 16;
const CONTENT = 'a'.repeat(4 * CHUNK);

let workspace: Workspace;
let path: string;

beforeEach(() => {
  workspace = openWorkspace();
  path = workspace.path('data.csv');
  fs.writeFileSync(path, CONTENT);
});

afterEach(() => workspace.close());

/** Saved by someone else, while nobody of the action's runs. */
const CHANGES: Readonly<Record<string, () => void>> = {
  'written in place': () => fs.writeFileSync(path, 'b'.repeat(CONTENT.length)),
  'appended to': () => fs.appendFileSync(path, 'b'),
  'replaced by another file': () => {
    fs.writeFileSync(workspace.path('new'), CONTENT);
    fs.renameSync(workspace.path('new'), path);
  },
  'truncated and written again': () => {
    fs.truncateSync(path);
    fs.writeFileSync(path, CONTENT);
  },
};

type ReadTwice = (change: () => unknown) => Promise<void>;

const READERS: Readonly<Record<string, ReadTwice>> = {
  'a stream': async (change) => {
    const stream = createReadStream(path, { highWaterMark: CHUNK });
    let isFirst = true;
    for await (const _ of stream) {
      if (isFirst) change();
      isFirst = false;
    }
  },
  'a descriptor': (change) => {
    const file = fs.openSync(path, 'r');
    const bytes = Buffer.alloc(CHUNK);
    fs.readSync(file, bytes);
    change();
    fs.readSync(file, bytes);
    fs.closeSync(file);
    return Promise.resolve();
  },
  'a handle': async (change) => {
    await using file = await fsPromises.open(path);
    await file.read(Buffer.alloc(CHUNK));
    change();
    await file.readFile();
  },
};

describe.each(Object.entries(READERS))('O4: a file that %s reads', (_, read) => {
  test.each(Object.entries(CHANGES))('leaves no trace when it is %s meanwhile', async (...row) => {
    const [, change] = row;
    const outside = () => workspace.watch(change);
    let changing: Promise<Seen> | undefined;
    const seen = await workspace.watch(() => read(() => (changing = outside())));
    await changing;
    const sentences = new Set(seen.untraceable);
    expect([...sentences]).toEqual(['data.csv changed while it was read, at changing.test.ts']);
    // Whoever used what was kept of it depends on something that is never so again.
    expect(await changedIn(workspace.world(), seen)).toEqual(['file data.csv']);
  });
});

test('O4: a file that was saved just before it is read is no obstacle', async () => {
  for (let round = 0; round < 5; round++) {
    fs.writeFileSync(path, CONTENT + round);
    const seen = await workspace.watch(async () => {
      for await (const _ of createReadStream(path));
    });
    expect(seen.untraceable).toEqual([]);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
  }
});

test('O4: a file whose time is yet to come can be read whole, not in pieces', async () => {
  const soon = new Date(Date.now() + 3_600_000);
  fs.utimesSync(path, soon, soon);
  const whole = await workspace.watch(() => fs.readFileSync(path));
  expect(whole.untraceable).toEqual([]);
  expect(await changedIn(workspace.world(), whole)).toEqual([]);
  const pieces = await workspace.watch(() => READERS['a descriptor']?.(() => undefined));
  expect(pieces.untraceable).toEqual([
    'data.csv was saved too shortly before it was read, at changing.test.ts',
  ]);
});

test('O4: what is handed over whole counts as it was, whatever comes next', async () => {
  const seen = await workspace.watch(() => {
    expect(fs.readFileSync(path, 'utf8')).toBe(CONTENT);
  });
  fs.writeFileSync(path, 'other');
  expect(seen.untraceable).toEqual([]);
  expect(await changedIn(workspace.world(), seen)).toEqual(['file data.csv']);
  fs.writeFileSync(path, CONTENT);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
});

test('O4: a stream that is left in the middle depends on the whole file', async () => {
  const seen = await workspace.watch(async () => {
    for await (const _ of createReadStream(path, { highWaterMark: 10 })) break;
  });
  expect(namesOf(seen)).toEqual(['file data.csv']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.appendFileSync(path, 'b');
  expect(await changedIn(workspace.world(), seen)).toEqual(['file data.csv']);
});

test('O4: a descriptor that is never closed is no obstacle', async () => {
  let file = 0;
  const seen = await workspace.watch(() => {
    file = fs.openSync(path, 'r');
    fs.readSync(file, Buffer.alloc(3));
  });
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  const later = await workspace.watch(() => fs.readSync(file, Buffer.alloc(3)));
  expect(namesOf(later)).toEqual(['file data.csv']);
  fs.closeSync(file);
});

test('O4: a file that goes away after it was opened is still the one that was read', async () => {
  const seen = await workspace.watch(() => {
    const file = fs.openSync(path, 'r');
    expect(fs.readFileSync(file, 'utf8')).toBe(CONTENT);
    fs.closeSync(file);
  });
  fs.rmSync(path);
  expect(seen.untraceable).toEqual([]);
  expect(await changedIn(workspace.world(), seen)).toEqual(['file data.csv']);
});
