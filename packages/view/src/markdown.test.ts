import type { Failure, RunSummary } from '@skein/model';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import {
  bytesOf,
  error,
  finishedEvent,
  readJson,
  startedEvent,
  summaryOf,
} from '../test/example-run.ts';
import { renderMarkdown, type MarkdownRequest } from './markdown.ts';
import { RunNotes } from './run-notes.ts';
import { Tally } from './tally.ts';

const MAX = 1 << 20;

function requestOf(change: Partial<MarkdownRequest> = {}): MarkdownRequest {
  const fresh = { tally: new Tally(), notes: new RunNotes() };
  return { summary: summaryOf(), ...fresh, failures: [], read: readJson, maxBytes: MAX, ...change };
}

function exampleTally(): Tally {
  const tally = new Tally();
  const changed = { kind: 'child-changed', task: 'src/main.ts#parse' } as const;
  tally.observe(startedEvent({ action: 1, parent: 0, task: 'main', reason: changed }));
  for (let action = 2; action < 1_204; action += 1) {
    tally.observe(finishedEvent({ action, task: 'features', durationMs: 10 }));
  }
  tally.observe(finishedEvent({ action: 1_205, task: 'train', reused: true }));
  tally.observe(
    finishedEvent({ action: 1, parent: 0, task: 'main', reason: changed, durationMs: 15_000 }),
  );
  return tally;
}

test('a run that succeeded: counts, result, where the time went, and why', async () => {
  await expect(renderMarkdown(requestOf({ tally: exampleTally() }))).toMatchFileSnapshot(
    '../golden/markdown-succeeded.md',
  );
});

const input = { digest: digestOf('value', 'a'), bytes: bytesOf('a.html') };
const threw = {
  ...finishedEvent({ action: 847, task: 'parse', fails: true }),
  inputs: [input],
  outcome: error('unexpected "<"\n| a | b |\n# heading'),
};

const failed: RunSummary = summaryOf({
  status: 'failed',
  result: null,
  error: {
    class: 'ParseError',
    message: 'unexpected "<" ```\n# heading\n| a | b |',
    fields: {},
    task: 'src/parse.ts#parse',
    action: 847,
    inputs: { file: 'a.html' },
    stack: 'ParseError: unexpected "<"\n    at parse (src/parse.ts:12:9)',
  },
});

const warning: Failure = {
  code: 'remote-off',
  kind: 'warning',
  headline: 'the remote cache is off for the rest of the run',
  facts: [['cause', 'it does not answer']],
};

test('a run that failed: the error, the actions that failed, warnings', async () => {
  const notes = new RunNotes();
  const tally = new Tally();
  for (const event of [threw, { kind: 'run-warned', at: 0, warning } as const]) {
    notes.observe(event);
    tally.observe(event);
  }
  await expect(renderMarkdown(requestOf({ summary: failed, notes, tally }))).toMatchFileSnapshot(
    '../golden/markdown-failed.md',
  );
});

test('a run that was rejected: every failure with its place', async () => {
  const failure: Failure = {
    code: 'task-in-function',
    kind: 'diagnostic',
    headline: 'task "inner" is declared inside a function',
    facts: [['task', '"inner"']],
    hint: 'declare it at module level',
    place: { path: 'src/main.ts', line: 3, column: 9, length: 5, source: '  const inner = 1;' },
  };
  const summary = summaryOf({ run: null, status: 'rejected', task: null, result: null });
  await expect(renderMarkdown(requestOf({ summary, failures: [failure] }))).toMatchFileSnapshot(
    '../golden/markdown-rejected.md',
  );
});

test('what does not fit is left out, the last sections first', () => {
  const whole = renderMarkdown(requestOf({ tally: exampleTally() }));
  const half = renderMarkdown(requestOf({ tally: exampleTally(), maxBytes: 600 }));
  expect(Buffer.byteLength(half)).toBeLessThanOrEqual(600);
  expect(half).toContain('10,412 executed');
  expect(half).not.toContain('Why it executed');
  expect(half).toContain('left out');
  expect(whole).not.toContain('left out');
  expect(renderMarkdown(requestOf({ maxBytes: 20 }))).toBe('');
  expect(renderMarkdown(requestOf({ maxBytes: -1 }))).toBe('');
});

test('however much there is to tell, a summary is small', () => {
  const notes = new RunNotes();
  const tally = new Tally();
  for (let action = 1; action <= 5_000; action += 1) {
    const task = `task${action}${'x'.repeat(2_000)}`;
    const event = { ...finishedEvent({ action, task, fails: true }), inputs: [input] };
    notes.observe(event);
    tally.observe(event);
    notes.warn({ ...warning, facts: [['cause', 'y'.repeat(500)]] });
  }
  const message = 'z'.repeat(3_000_000);
  const summary = { ...failed, error: { class: 'Error', message, fields: {} } };
  const text = renderMarkdown(requestOf({ summary, notes, tally }));
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  expect(text).toContain('5,000 failed actions');
  expect(text).toContain('4,980 actions more');
});
