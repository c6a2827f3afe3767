import { type ActionImage, type Change, UNBUILT_DIGEST } from '@skein/model';
import { expect, test } from 'vitest';
import { renderAction } from './action.ts';
import { describeChange, nameChange } from './change.ts';
import { describeImage } from './image.ts';
import { actionJson } from './json.ts';
import { reasonLines } from './reason-lines.ts';
import { plain } from './style.ts';
import { digest as digestOf, exampleRun, readJson } from '../test/example-run.ts';
import { indexOf } from '../test/example-index.ts';

const digest = digestOf('python');

const image = (digit: string, more: Partial<ActionImage> = {}): ActionImage => ({
  digest: `sha256:${digit.repeat(64)}`,
  applied: true,
  name: 'ghcr.io/acme/x:1.4',
  ...more,
});

function change(before: ActionImage | undefined, after: ActionImage | undefined): Change {
  return {
    kind: 'image',
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

const old = image('a');
const fresh = image('b');
const declared = { applied: false };

test('Q6: an image change is told by tag, with both digests', () => {
  expect(describeChange(change(old, fresh))).toBe(
    'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb',
  );
  expect(describeChange(change(old, { ...fresh, name: 'ghcr.io/acme/x:1.5' }))).toBe(
    'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa → ghcr.io/acme/x:1.5 sha256:bbbbbbbbbbbb',
  );
  expect(nameChange(change(old, fresh))).toBe('image ghcr.io/acme/x:1.4');
});

test('Q6: a name that is a digest is not told twice', () => {
  const named = (digit: string): ActionImage =>
    image(digit, { name: `acme/x@sha256:${digit.repeat(64)}` });
  expect(describeChange(change(named('a'), named('b')))).toBe(
    'image acme/x@sha256:aaaaaaaaaaaa → acme/x@sha256:bbbbbbbbbbbb',
  );
});

test('Q6: a move between this machine and an image is told in words', () => {
  const inside = 'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa';
  for (const before of [undefined, image('a', declared)]) {
    expect(describeChange(change(before, old))).toBe(`ran on this machine, now in ${inside}`);
    expect(describeChange(change(old, before))).toBe(`ran in ${inside}, now on this machine`);
    expect(nameChange(change(before, old))).toBe('where it runs');
  }
});

test('Q6: an image that is only declared says that it is not applied', () => {
  expect(describeChange(change(image('a', declared), image('b', declared)))).toBe(
    'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb (not applied)',
  );
  expect(describeChange(change(undefined, image('a', declared)))).toBe(
    'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa (not applied) is new',
  );
  expect(describeChange(change(image('a', declared), undefined))).toBe(
    'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa (not applied) is gone',
  );
});

test('Q6: both digests follow whole, beneath the sentence', () => {
  const reason = { kind: 'key-changed', changes: [change(old, { ...fresh, node: '26.1.0' })] };
  const lines = reasonLines(
    { reason, sources: [] } as unknown as Parameters<typeof reasonLines>[0],
    { style: plain, width: 80 },
  );
  expect(lines).toEqual([
    'image',
    `  - ghcr.io/acme/x:1.4 ${old.digest}`,
    `  + ghcr.io/acme/x:1.4 ${fresh.digest}, Skein's own node 26.1.0`,
  ]);
});

test('what an action ran in has its name and digest whole', () => {
  expect(describeImage(image('a', declared))).toBe(
    `ghcr.io/acme/x:1.4 ${old.digest} (not applied)`,
  );
  expect(describeImage({ digest: old.digest, applied: true })).toBe(old.digest);
});

test('the program of a command is told by its name', () => {
  expect(describeChange({ kind: 'program', name: 'python3', before: digest, after: digest })).toBe(
    'program python3 changed',
  );
  expect(describeChange({ kind: 'program', name: 'python3', before: digest })).toBe(
    'program python3 is gone',
  );
});

test('PARITY 14: what an action ran in is told with it', () => {
  const state = exampleRun();
  const action = state.actions.get(1);
  if (action === undefined) throw new Error('the example has an action 1');
  const inside = { ...action, image: { ...old, node: '26.10.0' } };
  const view = { style: plain, width: 100, read: readJson };
  expect(renderAction(indexOf(state), inside, view)).toContain(
    `image      ghcr.io/acme/x:1.4 ${old.digest}, Skein's own node 26.10.0`,
  );
  expect(actionJson(inside, readJson)['image']).toEqual({ ...old, node: '26.10.0' });
  expect(actionJson(action, readJson)['image']).toBeNull();
});

test('D7: an image that is not built yet is told so, not by a digest that nothing has', () => {
  const unbuilt = { ...fresh, digest: UNBUILT_DIGEST };
  const told = [describeChange(change(old, unbuilt)), describeImage(unbuilt)];
  expect(told).toEqual([
    'image ghcr.io/acme/x:1.4 sha256:aaaaaaaaaaaa → not built yet',
    'ghcr.io/acme/x:1.4 not built yet',
  ]);
});
