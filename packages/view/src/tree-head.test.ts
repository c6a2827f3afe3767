import type { RunState } from '@skein/journal';
import type { RunId } from '@skein/model';
import { expect, test } from 'vitest';
import { indexOf } from '../test/example-index.ts';
import { actionState, digest, exampleRun, taskId } from '../test/example-run.ts';
import { plain } from './style.ts';
import { describeOrigin, renderHead } from './tree-head.ts';

const request = { style: plain, now: 1_200_000 };
const run = '20261123-054405-aaaaaa' as RunId;

test('PARITY 8: a run tells its code version, initiator, labels and where it goes on from', () => {
  const state = exampleRun();
  const version = {
    skein: '0.2.0',
    commit: '0123456789abcdef0123456789abcdef01234567',
    branch: 'main',
    dirty: ['src/a.ts', 'src/b.ts'],
    lockfile: { path: 'package-lock.json', digest: digest('lock') },
  };
  const overview = { ...state.overview, origin: { kind: 'resume', run } as const };
  expect(renderHead(indexOf({ ...state, overview, version }), request)).toMatchInlineSnapshot(`
    "run 20261124-054405-1a2b3c failed
      task       src/main.ts#main
      started    3 min ago in 12.3 s, by command
      labels     nightly=yes
      origin     resumes 20261123-054405-aaaaaa
      commit     0123456789ab on main, 2 files changed since: src/a.ts, src/b.ts
      lock file  package-lock.json #91a3a8a45e44
      skein      0.2.0
      bundle     #7b962e8e20f3
      platform   node 26.10.0 linux x64 glibc
      actions    12: 10 executed, 2 reused, 0 adopted, 2 failed
    "
  `);
});

test('a commit of which nothing, or many files, changed since', () => {
  const state = exampleRun();
  const lineOf = (dirty: readonly string[]) => {
    const version = { skein: '0.2.0', commit: 'abc', dirty };
    return renderHead(indexOf({ ...state, version }), request)
      .split('\n')
      .find((line) => line.includes('commit'))
      ?.trim();
  };
  expect(lineOf([])).toBe('commit    abc, nothing changed since');
  expect(lineOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
    'commit    abc, 7 files changed since: a, b, c, d, e and 2 more',
  );
});

test('R7: a run without an end says what it has, and how to go on from it', () => {
  const state = exampleRun();
  const { durationMs: _, ...open } = state.overview;
  const {
    outcome: _none,
    finishedAt: _never,
    ...unfinished
  } = actionState({
    action: 13,
    task: taskId('late'),
  });
  const overview = { ...open, status: 'interrupted' } as const;
  const actions = new Map([...state.actions, [13, unfinished]]);
  const interrupted: RunState = { ...state, overview, actions };
  const lines = renderHead(indexOf(interrupted), request).split('\n');
  expect(lines.slice(-4)).toMatchInlineSnapshot(`
    [
      "  actions     12: 10 executed, 2 reused, 0 adopted, 2 failed",
      "  last event  3 min ago, 1 action unfinished",
      "  end         none is recorded: "skein resume 20261124-054405-1a2b3c" goes on from here",
      "",
    ]
  `);
});

test('a run may repeat another, or one action of it', () => {
  expect(describeOrigin({ kind: 'rerun', run })).toBe(`repeats ${run}`);
  expect(describeOrigin({ kind: 'rerun', run, action: 5 })).toBe(`repeats action 5 of ${run}`);
});
