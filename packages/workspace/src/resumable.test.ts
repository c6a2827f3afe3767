import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { OMITTED, decode, encode, inputDigest } from '@skein/values';
import type { TaskId } from '@skein/model';
import { File } from '@skein/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordedRuns, input, livingProcess } from '../test/recorded-runs.ts';
import type { ResumableRequest } from './contract.ts';
import { resumable } from './resumable.ts';

let runs: RecordedRuns;

beforeEach(() => {
  runs = new RecordedRuns();
});

afterEach(() => runs.remove());

/** The name of the run, or the code of the failure with its facts. */
async function chosen(request: ResumableRequest = {}): Promise<unknown> {
  const found = await resumable(runs.opened, request);
  if (found.ok) return found.value.state.overview.run;
  return [found.failure.code, found.failure.headline, ...found.failure.facts.map(String)];
}

test('R1: the newest run that did not succeed', async () => {
  runs.record('20261124-01', { status: 'failed' });
  runs.record('20261124-02', { status: 'succeeded' });
  expect(await chosen()).toBe('20261124-01');
  runs.record('20261124-03', { status: 'cancelled' });
  expect(await chosen()).toBe('20261124-03');
  runs.record('20261124-04');
  expect(await chosen()).toBe('20261124-04');
});

test('R1: a run is named by its id, its beginning, or as the last, however it ended', async () => {
  runs.record('20261124-01', { status: 'failed' });
  runs.record('20261125-02', { status: 'succeeded' });
  expect(await chosen({ run: '20261124' })).toBe('20261124-01');
  expect(await chosen({ run: '20261125-02' })).toBe('20261125-02');
  expect(await chosen({ run: 'last' })).toBe('20261125-02');
  expect(await chosen({ run: '2026' })).toContain('2 runs begin with "2026"');
  expect(await chosen({ run: 'x' })).toEqual(['run-not-found', 'no run is called "x"']);
});

test('R1: only runs of the entry and the task that are asked for', async () => {
  const train = 'src/train.ts#train' as TaskId;
  runs.record('20261124-01', { status: 'failed', task: train, entry: 'src/train.ts' });
  runs.record('20261124-02', { status: 'failed' });
  const entry = join(runs.folder, 'src/train.ts');
  expect(await chosen({ entry })).toBe('20261124-01');
  expect(await chosen({ task: 'train' })).toBe('20261124-01');
  expect(await chosen({ run: 'last', task: train })).toBe('20261124-01');
  expect(await chosen({ run: '20261124-02', task: 'train' })).toEqual([
    'usage',
    'the run to go on from is one of another task',
    'run,20261124-02',
    'its task,src/main.ts#main',
    'task,train',
  ]);
  expect(await chosen({ task: 'deploy' })).toEqual([
    'run-not-found',
    'no such run is recorded yet',
    'task,deploy',
  ]);
});

test('R1: where nothing is left to do, that is said', async () => {
  expect(await chosen()).toEqual(['run-not-found', 'no run is recorded yet']);
  runs.record('20261124-01', { status: 'succeeded' });
  expect(await chosen()).toEqual([
    'run-not-found',
    'no run has anything left to do',
    'newest,20261124-01 src/main.ts#main, succeeded',
  ]);
});

test('R7: a run whose process still lives is refused, with who runs it', async () => {
  const process = livingProcess();
  runs.record('20261124-01', { started: { process } });
  expect(await chosen({ run: 'last' })).toEqual([
    'run-still-running',
    'the run is still running',
    'run,20261124-01',
    `pid,${process.pid}`,
    `host,${process.host}`,
    'since,1970-01-01T00:00:01.000Z',
  ]);
  expect(await chosen()).toEqual([
    'run-not-found',
    'no run has anything left to do',
    'running,20261124-01 src/main.ts#main, running',
  ]);
});

test('R1: what its entry was called with, small, large, omitted', async () => {
  const large = encode('x'.repeat(100_000));
  const digest = inputDigest(large);
  const blob = await runs.state.blobs.put(large);
  runs.state.traces.keep('input-blob', digest, Buffer.from(blob, 'latin1'));
  runs.record('20261124-01', {
    status: 'failed',
    inputs: [input({ a: 1 }), { digest: OMITTED }, { digest }],
  });
  const found = await resumable(runs.opened, {});
  if (!found.ok) throw new Error(found.failure.headline);
  const { inputs = [], entry } = found.value;
  expect(entry).toBe(join(runs.folder, 'src/main.ts'));
  expect(inputs.map(({ kind }) => kind)).toEqual(['kept', 'omitted', 'kept']);
  const values = inputs.map((one) => (one.kind === 'kept' ? decode(one.bytes) : undefined));
  expect(values).toEqual([{ a: 1 }, undefined, 'x'.repeat(100_000)]);
});

test('R1: an input whose bytes are gone, or those of a file that it names, is named', async () => {
  const gone = inputDigest(encode('gone'));
  await runs.opened.files.putBytes(Buffer.from('text'));
  const file = await File.from(Buffer.from('text'), { name: 'a.txt' });
  runs.record('20261124-01', { status: 'failed', inputs: [{ digest: gone }, input([file])] });
  const kinds = async (): Promise<unknown> => {
    const found = await resumable(runs.opened, {});
    return found.ok && found.value.inputs;
  };
  expect(await kinds()).toMatchObject([{ kind: 'gone', what: gone }, { kind: 'kept' }]);
  rmSync(join(runs.state.path, 'files'), { recursive: true });
  expect(await kinds()).toMatchObject([
    { kind: 'gone' },
    { kind: 'gone', what: `file "a.txt" ${file.digest}` },
  ]);
});

test('R1: of a run that ended before its entry was recorded nothing is known', async () => {
  runs.record('20261124-01');
  const found = await resumable(runs.opened, {});
  expect(found.ok && Object.keys(found.value)).toEqual(['state', 'entry']);
});
