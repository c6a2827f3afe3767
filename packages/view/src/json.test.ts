import { digestOf, fileReference } from '@skein/values';
import { expect, test } from 'vitest';
import { exampleRun, overview, readJson, summaryOf } from '../test/example-run.ts';
import { actionJson, runsJson, summaryJson } from './json.ts';
import { rejectedSummary } from './rejection.ts';

test('the object of --json has exactly the agreed keys, in order', () => {
  const file = fileReference({ name: 'a.txt', digest: digestOf('blob', 'x') });
  const result = { when: new Date(0), big: 12n, file, names: new Map([['a', new Set([1])]]) };
  const json = summaryJson(summaryOf({ result, durationMs: 12.4 }), { locate: () => '/x/a.txt' });
  expect(JSON.stringify(json, null, 1)).toMatchInlineSnapshot(`
    "{
     "run": "20261124-054405-1a2b3c",
     "status": "succeeded",
     "task": "src/main.ts#main",
     "result": {
      "when": {
       "$type": "date",
       "value": "1970-01-01T00:00:00.000Z"
      },
      "big": {
       "$type": "bigint",
       "value": "12"
      },
      "file": {
       "$type": "file",
       "value": {
        "path": "/x/a.txt",
        "name": "a.txt",
        "size": 1,
        "digest": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881-1"
       }
      },
      "names": {
       "$type": "map",
       "value": [
        [
         "a",
         {
          "$type": "set",
          "value": [
           1
          ]
         }
        ]
       ]
      }
     },
     "error": null,
     "actions": {
      "total": 10412,
      "executed": 10412,
      "reused": 0,
      "adopted": 0,
      "failed": 0
     },
     "durationMs": 12
    }"
  `);
});

test('nothing is null', () => {
  expect(summaryJson(summaryOf({ result: undefined }))['result']).toBeNull();
});

test('an error keeps fields, inputs and causes', () => {
  const deeper = Object.assign(new TypeError('deeper'), { stack: 'TypeError: deeper' });
  const error = {
    class: 'ParseError',
    message: 'odd',
    fields: { line: 3n },
    cause: { class: 'RangeError', message: 'deep', fields: {}, cause: deeper },
    task: 'src/main.ts#parse',
    action: 7,
    inputs: { file: 'a.html', handler: () => 1 },
    stack: 'ParseError: odd',
  };
  const json = summaryJson(summaryOf({ status: 'failed', result: null, error }));
  expect(JSON.stringify(json['error'], null, 1)).toMatchInlineSnapshot(`
    "{
     "class": "ParseError",
     "message": "odd",
     "fields": {
      "line": {
       "$type": "bigint",
       "value": "3"
      }
     },
     "cause": {
      "class": "RangeError",
      "message": "deep",
      "fields": {},
      "cause": {
       "class": "TypeError",
       "message": "deeper",
       "fields": {},
       "cause": null,
       "stack": "TypeError: deeper"
      }
     },
     "task": "src/main.ts#parse",
     "action": 7,
     "inputs": {
      "file": "a.html",
      "handler": "a function"
     },
     "stack": "ParseError: odd"
    }"
  `);
});

test('a diagnostic is the error of a rejected run, with path:line:column', () => {
  const failure = {
    code: 'syntax-error',
    kind: 'diagnostic',
    headline: 'unexpected token',
    facts: [['file', '"src/main.ts"']],
    hint: 'close the brace',
    place: { path: 'src/main.ts', line: 3, column: 7, length: 1, source: 'const x' },
  } as const;
  const json = summaryJson(rejectedSummary([failure, failure], { task: null, durationMs: 1 }));
  expect(JSON.stringify(json, null, 1)).toMatchInlineSnapshot(`
    "{
     "run": null,
     "status": "rejected",
     "task": null,
     "result": null,
     "error": {
      "class": "syntax-error",
      "message": "unexpected token",
      "fields": {
       "file": "\\"src/main.ts\\"",
       "place": "src/main.ts:3:7",
       "hint": "close the brace",
       "others": [
        {
         "class": "syntax-error",
         "message": "unexpected token",
         "fields": {
          "file": "\\"src/main.ts\\"",
          "place": "src/main.ts:3:7",
          "hint": "close the brace"
         }
        }
       ]
      },
      "cause": null,
      "task": null,
      "action": null,
      "inputs": null,
      "stack": null
     },
     "actions": {
      "total": 0,
      "executed": 0,
      "reused": 0,
      "adopted": 0,
      "failed": 0
     },
     "durationMs": 1
    }"
  `);
});

test('runs and one action are one object each', () => {
  expect(Object.keys(runsJson([overview]))).toEqual(['runs']);
  const action = exampleRun().actions.get(7);
  if (action === undefined) throw new Error('the example has an action 7');
  expect(JSON.stringify(actionJson(action, readJson), null, 1)).toMatchInlineSnapshot(`
    "{
     "action": 7,
     "parent": 1,
     "task": "src/main.ts#parse",
     "key": null,
     "image": null,
     "verdict": "executed",
     "reason": {
      "kind": "never-executed",
      "sentence": "never executed before"
     },
     "groups": [],
     "inputs": [
      {
       "digest": "9cdf43bd2b7cf173f0a9db8b6e39653c9ee3e93f793dcd0b53061f0014bf579f-1",
       "value": "file-4.html"
      }
     ],
     "outcome": {
      "kind": "error",
      "fault": "author",
      "digest": "77fca4cfe5e45f56dd627a56bfec2b2ac546e7d784fc21404eb2a6c2b891a087-24",
      "error": {
       "class": "ParseError",
       "message": "unexpected \\"<\\" in file 4",
       "fields": {},
       "cause": {
        "class": "RangeError",
        "message": "line 3",
        "fields": {},
        "cause": null
       },
       "stack": "ParseError: unexpected \\"<\\" in file 4\\n    at f (src/a.ts:1:9)"
      }
     },
     "startedAt": "1970-01-01T00:16:40.010Z",
     "finishedAt": "1970-01-01T00:16:41.510Z",
     "durationMs": 1500,
     "attempts": [],
     "checkpoints": [],
     "snapshot": null,
     "logs": [
      {
       "at": "1970-01-01T00:16:40.000Z",
       "stream": "stdout",
       "text": "parsing\\nstill\\nmore\\nend\\n"
      }
     ],
     "impurities": [],
     "observations": 0,
     "traced": true,
     "untraced": null,
     "children": []
    }"
  `);
});
