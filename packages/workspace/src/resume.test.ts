import { digestOf, encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { isAlive, readRun } from '@skein/journal';
import type { CodeManifest, CodePart, RunId, RunStarted, TaskId, TaskRow } from '@skein/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAIN, RecordedRuns } from '../test/recorded-runs.ts';
import { keepCode } from './code-record.ts';
import type { ResumeRequest } from './contract.ts';
import { type Resuming, type Today, resume } from './resume.ts';

let runs: RecordedRuns;

beforeEach(() => {
  runs = new RecordedRuns();
});

afterEach(() => runs.remove());

function symbol(name: string, text: string): CodePart {
  return { kind: 'symbol', module: 'src/a.ts', name, digest: digestOf('symbol', text) };
}

function manifests(parts: readonly CodePart[]): ReadonlyMap<TaskId, CodeManifest> {
  const digest = digestOf('code', JSON.stringify(parts));
  return new Map([[MAIN, { task: MAIN, digest, parts }]]);
}

/** Keeps that a run had such code. */
function kept(parts: readonly CodePart[]): Digest {
  const code = { manifests: manifests(parts) };
  const nowhere = { symbolSource: () => undefined, packageClosure: () => undefined };
  return keepCode(runs.state.traces, { ...code, ...nowhere });
}

interface Now {
  readonly parts?: readonly CodePart[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly task?: TaskId;
}

function today({ parts = [], variables = {}, task = MAIN }: Now): Today {
  const names = Object.keys(variables).map((name) => [name, { kind: 'environment' }]);
  const options = { variables: Object.fromEntries(names) };
  const row = { id: MAIN, options } as unknown as TaskRow;
  return {
    analysis: { manifests: manifests(parts), packageClosure: () => undefined },
    code: {
      rows: new Map([[MAIN, row]]),
      declared: (name) => variables[name],
    },
    task,
  };
}

function resumed(name: string, now: Now = {}, edited?: ResumeRequest['edited']): Resuming {
  const state = readRun(runs.state.db, name, isAlive);
  if (!state.ok) throw new Error(state.failure.headline);
  const request = { run: state.value, ...(edited === undefined ? {} : { edited }) };
  const resuming = resume(runs.opened, today(now), request);
  if (!resuming.ok) throw new Error(resuming.failure.headline);
  return resuming.value;
}

function changes(name: string, now: Now): unknown {
  return resumed(name, now).resumption.changes(name as RunId, MAIN);
}

function origin(run: string): Partial<RunStarted> {
  return { origin: { kind: 'resume', run: run as RunId } };
}

test('R1: the run and those that it went on from itself, the newest first', () => {
  runs.record('r1', { status: 'failed' });
  runs.record('r2', { status: 'failed', started: origin('r1') });
  runs.record('r3', { started: origin('r2') });
  const { resumption, warnings } = resumed('r3');
  expect(resumption.runs.map(({ overview }) => overview.run)).toEqual(['r3', 'r2', 'r1']);
  expect(resumption.edited).toBe('adopt');
  expect(warnings).toEqual([]);
});

test('R1: what a rerun repeats is nothing that it went on from', () => {
  runs.record('r1', { status: 'failed' });
  const repeats = { origin: { kind: 'rerun', run: 'r1' as RunId } } as const;
  runs.record('r2', { status: 'failed', started: repeats });
  expect(resumed('r2').resumption.runs).toHaveLength(1);
});

test('R1: a run of the chain that is gone is told, and the others count', () => {
  runs.record('r2', { status: 'failed', started: origin('r1') });
  runs.record('r3', { status: 'failed', started: origin('r2') });
  const { resumption, warnings } = resumed('r3');
  expect(resumption.runs).toHaveLength(2);
  expect(warnings).toMatchObject([
    {
      code: 'record-missing',
      kind: 'warning',
      facts: [
        ['run', 'r1'],
        ['resumed by', 'r2'],
      ],
    },
  ]);
});

test('R1: a record that names itself ends the chain', () => {
  runs.record('r1', { status: 'failed', started: origin('r2') });
  runs.record('r2', { status: 'failed', started: origin('r1') });
  expect(resumed('r2').resumption.runs).toHaveLength(2);
});

test('R2: which symbols of a task changed since the run', () => {
  const before = [symbol('main', '1'), symbol('helper', '1')];
  runs.record('r1', { status: 'failed', started: { code: kept(before) } });
  expect(changes('r1', { parts: before })).toEqual([]);
  expect(changes('r1', { parts: [symbol('main', '1'), symbol('helper', '2')] })).toEqual([
    {
      kind: 'symbol',
      module: 'src/a.ts',
      name: 'helper',
      before: digestOf('symbol', '1'),
      after: digestOf('symbol', '2'),
    },
  ]);
});

test('R2: code that is not on record any more is unknown, and so is a task that is new', () => {
  runs.record('r1', { status: 'failed' });
  expect(changes('r1', {})).toBeUndefined();
  runs.record('r2', { status: 'failed', started: { code: kept([]) } });
  const { resumption } = resumed('r2');
  expect(resumption.changes('r2' as RunId, 'src/b.ts#other' as TaskId)).toBeUndefined();
});

test('R2: declared variables that have another value', () => {
  const variables = { MODE: inputDigest(encode('a')), ZONE: inputDigest(encode('z')), UNSET: null };
  runs.record('r1', { status: 'failed', started: { code: kept([]), variables } });
  expect(changes('r1', { variables: { MODE: 'a', ZONE: 'z' } })).toEqual([]);
  expect(changes('r1', { variables: { MODE: 'b', UNSET: 'now' } })).toEqual([
    { kind: 'variable', name: 'MODE', before: variables.MODE, after: inputDigest(encode('b')) },
    { kind: 'variable', name: 'UNSET', after: inputDigest(encode('now')) },
  ]);
});

test('R1: a run of another task is refused', () => {
  runs.record('r1', { status: 'failed' });
  const state = readRun(runs.state.db, 'r1', isAlive);
  const other = today({ task: 'src/b.ts#other' as TaskId });
  const refused = state.ok && resume(runs.opened, other, { run: state.value });
  expect(refused).toMatchObject({ ok: false, failure: { code: 'usage' } });
});
