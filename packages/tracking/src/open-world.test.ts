import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '@skein/values';
import type { Stamp } from '@skein/model';
import { openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';
import { openWorld } from './open-world.ts';
import type { StampTable, World, WorldObservation } from './world.ts';

let workspace: Workspace;

beforeEach(() => {
  workspace = openWorkspace();
});

afterEach(() => workspace.close());

const FILE: WorldObservation = { kind: 'file', path: 'data', digest: null };
const LATER_MS = 10_000;

/** Counts how often content had to be read: a table that is never written keeps nothing. */
function open(stamps: StampTable, later = LATER_MS): World {
  const { root, state } = workspace;
  return openWorld({ root, state, stamps, now: () => Date.now() + later });
}

function table(): StampTable & { readonly known: Map<string, { stamp: Stamp; digest: never }> } {
  const known = new Map<string, { stamp: Stamp; digest: never }>();
  return {
    known,
    read: (path) => known.get(path),
    write: (path, it) => void known.set(path, it as never),
  };
}

test('T2: what was looked at is remembered until it is forgotten', () => {
  const world = open(table());
  fs.writeFileSync(workspace.path('data'), 'one');
  expect(world.digestOf(FILE)).toBe(digestOf('blob', 'one'));
  fs.writeFileSync(workspace.path('data'), 'another');
  expect(world.digestOf(FILE)).toBe(digestOf('blob', 'one'));
  world.forget('data');
  expect(world.digestOf(FILE)).toBe(digestOf('blob', 'another'));
});

test('O5: a path that is written may be known under other names', () => {
  const world = open(table());
  fs.mkdirSync(workspace.path('real'));
  fs.symlinkSync('real', workspace.path('linked'));
  const seen: WorldObservation = { kind: 'file', path: 'linked/x', digest: null };
  const listing: WorldObservation = { kind: 'listing', path: 'real', digest: null };
  const empty = world.digestOf(listing);
  expect(world.digestOf(seen)).toBeNull();
  fs.writeFileSync(workspace.path('real/x'), '1');
  world.forget('real/x');
  expect(world.digestOf(seen)).toBe(digestOf('blob', '1'));
  expect(world.digestOf(listing)).not.toBe(empty);
});

describe('C8: a file that certainly has not changed', () => {
  test('is not read again, in this run or the next', () => {
    const stamps = table();
    fs.writeFileSync(workspace.path('data'), 'one');
    void open(stamps).digestOf(FILE);
    const [known] = stamps.known.values();
    expect(known).toBeDefined();
    const pretended = digestOf('blob', 'pretended') as never;
    stamps.known.set(workspace.path('data'), { stamp: known?.stamp as Stamp, digest: pretended });
    expect(open(stamps).digestOf(FILE)).toBe(pretended);
    fs.writeFileSync(workspace.path('data'), 'two');
    expect(open(stamps).digestOf(FILE)).toBe(digestOf('blob', 'two'));
  });

  test('is not known for certain right after it was saved', () => {
    const stamps = table();
    fs.writeFileSync(workspace.path('data'), 'one');
    expect(open(stamps, 0).digestOf(FILE)).toBe(digestOf('blob', 'one'));
    expect(stamps.known.size).toBe(0);
  });
});

test('O4: a long file is read apart, and known like a short one', async () => {
  const stamps = table();
  const content = 'x'.repeat(3_000_000);
  fs.writeFileSync(workspace.path('data'), content);
  const digest = open(stamps).digestOf(FILE);
  expect(digest).toBeInstanceOf(Promise);
  expect(await digest).toBe(digestOf('blob', content));
  expect(open(stamps).digestOf(FILE)).toBe(digestOf('blob', content));
});

test('O1: what is no file gives what reading it gave', () => {
  const world = open(table());
  fs.mkdirSync(workspace.path('data'));
  expect(world.digestOf(FILE)).toBe(digestOf('observation', 'EISDIR'));
  expect(world.digestOf({ ...FILE, path: 'data/none' })).toBeNull();
  fs.writeFileSync(workspace.path('file'), '');
  expect(world.digestOf({ ...FILE, path: 'file/none' })).toBe(digestOf('observation', 'ENOTDIR'));
});

test('O2: a workspace that is a link is the same workspace', () => {
  const { root, state, scratch } = workspace;
  fs.writeFileSync(join(root, 'data'), 'one');
  const alias = join(scratch, 'alias');
  fs.symlinkSync(root, alias);
  const real: WorldObservation = { kind: 'stat', aspect: 'real', path: 'data', digest: null };
  const through = openWorld({ root: alias, state, stamps: table(), now: Date.now });
  expect(through.digestOf(real)).toBe(open(table()).digestOf(real));
});
