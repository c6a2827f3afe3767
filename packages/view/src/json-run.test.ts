import type { RunState } from '@skein/journal';
import type { RunId } from '@skein/model';
import { expect, test } from 'vitest';
import { indexOf } from '../test/example-index.ts';
import {
  actionState,
  bytesOf,
  digest,
  exampleRun,
  readJson,
  result,
  taskId,
} from '../test/example-run.ts';
import { runJson } from './json-run.ts';

interface Shown {
  readonly detail: string;
  readonly calls: readonly Readonly<Record<string, unknown>>[];
}

function show(state: RunState, all = false): Shown {
  return JSON.parse(runJson(indexOf(state), readJson, all)) as Shown;
}

test('PARITY 7: one object tells the run and every action in the order of the numbers', () => {
  const { calls, ...head } = show(exampleRun());
  expect(calls.map(({ action }) => action)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  expect(head).toMatchInlineSnapshot(`
    {
      "actions": {
        "adopted": 0,
        "executed": 10,
        "failed": 2,
        "reused": 2,
        "total": 12,
      },
      "bundle": "7b962e8e20f34a98fba9255c30aad579bb4a7fc76d9ebb94077121f830c7228b-6",
      "detail": "whole",
      "durationMs": 12340,
      "entry": "src/main.ts",
      "initiator": "command",
      "labels": {
        "nightly": "yes",
      },
      "lastAt": "1970-01-01T00:16:52.340Z",
      "origin": null,
      "platform": "node 26.10.0 linux x64 glibc",
      "roots": [
        1,
      ],
      "run": "20261124-054405-1a2b3c",
      "startedAt": "1970-01-01T00:16:40.000Z",
      "status": "failed",
      "task": "src/main.ts#main",
      "thrower": 7,
      "variables": {},
      "version": null,
      "warnings": [
        {
          "action": null,
          "at": "1970-01-01T00:16:40.000Z",
          "code": "image-not-applied",
          "facts": {
            "image": ""ghcr.io/acme/x"",
          },
          "message": "the declared image is not applied",
        },
      ],
    }
  `);
});

test('PARITY 8: code version, origin and variables of a run are told', () => {
  const state = exampleRun();
  const origin = { kind: 'resume', run: '20261123-054405-aaaaaa' as RunId } as const;
  const version = {
    skein: '0.2.0',
    commit: 'abc',
    branch: 'main',
    dirty: ['src/a.ts'],
    lockfile: { path: 'package-lock.json', digest: digest('lock') },
  };
  const overview = { ...state.overview, origin };
  const started = { ...state.started, variables: { MODE: digest('fast'), NONE: null } };
  expect(show({ ...state, overview, started, version })).toMatchObject({
    origin,
    version: { ...version },
    variables: { MODE: digest('fast'), NONE: null },
  });
});

test('of a whole run large values are left to their digests, unless all are wanted', () => {
  const state = exampleRun();
  const bytes = bytesOf('x'.repeat(2_000));
  const inputs = [{ digest: digest('large'), bytes }];
  const first = actionState({ action: 1, parent: 0, task: taskId('first'), inputs });
  const large: RunState = { ...state, actions: new Map([[1, first]]) };
  const inputOf = (all: boolean) => show(large, all).calls;
  expect(inputOf(false)).toMatchObject([{ inputs: [{ digest: digest('large') }] }]);
  expect(JSON.stringify(inputOf(false))).not.toContain('xxx');
  expect(inputOf(true)).toMatchObject([{ inputs: [{ value: 'x'.repeat(2_000) }] }]);
});

test('PARITY 21: of many actions the short facts are told, and all of them if wanted', () => {
  const state = exampleRun();
  const many = Array.from({ length: 6_000 }, (_one, index) => {
    const { outcome: _, ...open } = actionState({
      action: index + 1,
      parent: index === 0 ? 0 : 1,
      task: taskId('step'),
    });
    return index === 9 ? open : { ...open, outcome: result(index) };
  });
  const large = { ...state, actions: new Map(many.map((one) => [one.action, one])) };
  const { calls, detail } = show(large);
  expect(detail).toBe('short');
  expect(calls).toHaveLength(6_000);
  expect(calls[1]).toEqual({
    action: 2,
    parent: 1,
    task: 'src/main.ts#step',
    verdict: 'executed',
    outcome: { kind: 'result' },
    attempts: 0,
    durationMs: 1_500,
  });
  expect(calls[9]).toMatchObject({ action: 10, outcome: null });
  const whole = show(large, true);
  expect(whole.detail).toBe('whole');
  expect(whole.calls[1]).toMatchObject({ outcome: { kind: 'result', result: 1 } });
});
