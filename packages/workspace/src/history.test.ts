import { digestOf, encode, fileReference, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import {
  type KeyBase,
  type PreparedTask,
  actionKey,
  keyInputs,
  keyPrefix,
  withOmitted,
} from '@skein/engine';
import type { PackageMember } from '@skein/analysis';
import type { ActionFinished, CodeManifest, CodePart, TaskId } from '@skein/model';
import { MemoryTraces } from '@skein/store';
import { explainReason } from '@skein/view';
import { describe, expect, it } from 'vitest';
import { History } from './history.ts';

const TASK = 'src/main.ts#main' as TaskId;
const PLATFORM = { node: '26.1.0', os: 'linux', arch: 'x64', libc: 'glibc' };

/** What a task is made of in one run. */
interface Setting {
  readonly parts?: readonly CodePart[];
  readonly base?: Partial<KeyBase>;
  readonly identity?: string;
  readonly ignored?: readonly string[];
  readonly parameters?: readonly string[];
  readonly forced?: boolean;
  /** What packages depend on, by their digests. */
  readonly members?: Readonly<Record<Digest, readonly PackageMember[]>>;
}

function symbol(name: string, text = '1'): CodePart {
  return { kind: 'symbol', module: 'src/a.ts', name, digest: digestOf('symbol', text) };
}

const PARTS = [symbol('main'), symbol('helper')];

/** One run of the task: explains each call, executes it, and is closed. */
class Runs {
  readonly store = new MemoryTraces();

  run(setting: Setting, calls: readonly Call[]): readonly string[] {
    const manifests = manifestsOf(setting);
    const { members = {} } = setting;
    const packageClosure = (part: CodePart) =>
      'digest' in part ? members[part.digest] : undefined;
    const history = new History(this.store, { manifests, packageClosure });
    const task = prepared(setting, manifests);
    const told = calls.map((call) => {
      const args = call.args.map((arg) => encode(arg));
      const inputs = withOmitted(task, args.map(inputDigest));
      const reason = history.explain(task, inputs, args);
      this.#execute(history, { task, inputs, args, untraced: call.untraced });
      return explainReason(reason);
    });
    history.close();
    return told;
  }

  /** A run that was answered by what somebody else had made. */
  take(setting: Setting): void {
    const manifests = manifestsOf(setting);
    const history = new History(this.store, { manifests, packageClosure: () => undefined });
    history.taken(prepared(setting, manifests));
    history.close();
  }

  #execute(history: History, done: Execution): void {
    const { task, inputs, args, untraced } = done;
    for (const [index, digest] of inputs.entries()) {
      this.store.rememberValue(digest, args[index] ?? new Uint8Array());
    }
    const event = finished(done);
    history.observe(event);
    const { key, outcome } = event;
    if (untraced !== undefined || key === null) return;
    this.store.remember({
      key,
      task: task.id,
      waves: [],
      log: null,
      outcome,
      impurities: [],
      run: 'r',
      action: 1,
      at: 0,
      durationMs: 0,
    });
  }
}

interface Call {
  readonly args: readonly unknown[];
  readonly untraced?: string;
}

interface Execution {
  readonly task: PreparedTask;
  readonly inputs: readonly Digest[];
  readonly args: readonly Uint8Array[];
  readonly untraced: string | undefined;
}

function manifestsOf({ parts = PARTS }: Setting): ReadonlyMap<TaskId, CodeManifest> {
  const digest = digestOf('code', JSON.stringify(parts));
  return new Map([[TASK, { task: TASK, digest, parts }]]);
}

function prepared(setting: Setting, manifests: ReadonlyMap<TaskId, CodeManifest>): PreparedTask {
  const { base, identity = TASK, ignored = [], parameters = ['rows', 'epochs'] } = setting;
  const digest = manifests.get(TASK)?.digest ?? digestOf('code', '');
  const whole: KeyBase = {
    format: 1,
    task: TASK,
    code: { kind: 'digest', digest },
    variables: [],
    platform: PLATFORM,
    ...base,
  };
  const task: Partial<PreparedTask> = {
    id: TASK,
    base: whole,
    prefix: keyPrefix(whole),
    identity,
    parameters,
    rest: false,
    ignored: new Set(ignored),
    forced: setting.forced === true,
  };
  return task as PreparedTask;
}

function finished({ task, inputs, untraced }: Execution): ActionFinished {
  return {
    kind: 'action-finished',
    at: 0,
    action: 1,
    parent: 0,
    task: task.id,
    key: actionKey(task.prefix, keyInputs(task, inputs)),
    inputs: inputs.map((digest) => ({ digest })),
    verdict: { kind: 'execute', reason: { kind: 'never-executed' } },
    outcome: {
      kind: 'result',
      digest: digestOf('value', '1'),
      value: { at: 'inline', bytes: new Uint8Array() },
    },
    attempts: 1,
    durationMs: 0,
    waves: [],
    log: null,
    impurities: [],
    ...(untraced === undefined ? {} : { untraced }),
    traced: untraced === undefined,
    groups: [],
  };
}

/** What is told of one call with `after`, after a run of one call with `before`. */
function afterEdit(before: Setting, after: Setting, args: readonly unknown[] = [1]): string {
  const runs = new Runs();
  runs.run(before, [{ args: [1] }]);
  return runs.run(after, [{ args }]).join('\n');
}

describe('what a key was made of, compared with what it is made of now', () => {
  it('nothing is known of a task that was never executed', () => {
    const told = new Runs().run({}, [{ args: [1] }, { args: [2] }]);
    expect(told).toEqual(['never executed before', 'never executed before']);
  });

  it('code: declarations that are new, gone or other', () => {
    const parts = [symbol('main'), symbol('helper', '2'), symbol('fresh')];
    expect(afterEdit({}, { parts })).toBe('src/a.ts#helper changed, src/a.ts#fresh is new');
    expect(afterEdit({}, { parts: [symbol('main')] })).toBe('src/a.ts#helper is gone');
  });

  it('C6: a package by its versions, or by its files where they are equal', () => {
    const pack = (version: string, text: string): Setting => ({
      parts: [{ kind: 'package', name: 'd3', version, digest: digestOf('package', text) }],
    });
    expect(afterEdit(pack('1.0.0', 'a'), pack('1.0.1', 'b'))).toBe('package d3 1.0.0 → 1.0.1');
    const same = afterEdit(pack('1.0.0', 'a'), pack('1.0.0', 'b'));
    expect(same).toBe('package d3 1.0.0: same version, other files');
  });

  it('Q4: a version that the author gave, and its place being taken', () => {
    const version = (text: string): Setting => ({
      base: { code: { kind: 'version', version: text } },
    });
    expect(afterEdit(version('1'), version('2'))).toBe('version "1" → "2"');
    expect(afterEdit({}, version('2'))).toBe('version "2" stands for its code now');
    expect(afterEdit(version('1'), {})).toBe('its code counts now, in place of version "1"');
    expect(afterEdit({}, { base: { salt: 'x' } })).toBe('salt "x" is new');
  });

  it('a declared variable by its name, never by its value', () => {
    const variable = (value: string | null): Setting => {
      const digest = value === null ? null : digestOf('value', value);
      return { base: { variables: [{ name: 'MODE', digest }] } };
    };
    expect(afterEdit(variable('a'), variable('b'))).toBe('variable MODE changed');
    expect(afterEdit(variable(null), variable('b'))).toBe('variable MODE is set now');
    expect(afterEdit(variable('a'), variable(null))).toBe('variable MODE is not set any more');
    expect(afterEdit({}, variable('b'))).toBe('variable MODE is set now');
    expect(afterEdit({}, variable(null))).toBe('variable MODE is declared now');
    expect(afterEdit(variable(null), {})).toBe('variable MODE is declared no more');
  });

  it('C6: of a package that is as it was, what it depends on', () => {
    const tree = (steps: string, files: string): Setting => {
      const digest = digestOf('package', `${steps} ${files}`);
      const members = [
        { name: 'scales', version: '1.0.0', files: digestOf('package', 'scales') },
        { name: 'steps', version: steps, files: digestOf('package', files) },
      ];
      return {
        parts: [{ kind: 'package', name: 'scales', version: '1.0.0', digest }],
        members: { [digest]: members },
      };
    };
    // What it was is kept with the run's code.
    const after = (setting: Setting): string => {
      const before = tree('2.0.0', 'a');
      return afterEdit(before, { ...setting, members: { ...before.members, ...setting.members } });
    };
    expect(after(tree('2.0.1', 'b'))).toBe('package steps 2.0.0 → 2.0.1, which scales needs');
    expect(after(tree('2.0.0', 'b'))).toBe(
      'package steps 2.0.0, which scales needs: same version, other files',
    );
  });

  it('Q5: what parameters are called', () => {
    const renamed = { parameters: ['lines', 'epochs'] };
    expect(afterEdit({}, renamed)).toBe('parameter rows is called lines now');
    expect(afterEdit({}, renamed, [2])).toBe(
      'parameter rows is called lines now, input lines 1 → 2',
    );
    const swapped = { parameters: ['epochs', 'rows'] };
    expect(afterEdit({}, swapped)).toBe(
      'parameter rows is called epochs now, parameter epochs is called rows now',
    );
    const parts = [symbol('main', '2'), symbol('helper')];
    expect(afterEdit({}, { ...renamed, parts })).toBe('src/a.ts#main changed');
  });

  it('Q4: which inputs are ignored', () => {
    const ignoring = (...ignored: readonly string[]): Setting => ({ ignored });
    expect(afterEdit({}, ignoring('epochs'))).toBe('input epochs is ignored now');
    expect(afterEdit(ignoring('epochs'), {})).toBe('input epochs counts now');
    expect(afterEdit(ignoring('epochs'), ignoring('rows'))).toBe(
      'input rows is ignored now, input epochs counts now',
    );
  });

  it('what only ever executed since it was forced to is known as well', () => {
    const runs = new Runs();
    expect(runs.run({ forced: true }, [{ args: [1] }])).toEqual(['it was forced to execute']);
    const edited = { parts: [symbol('main'), symbol('helper', '2')] };
    expect(runs.run(edited, [{ args: [1] }])).toEqual(['src/a.ts#helper changed']);
  });

  it('what is compared with is the last run that executed the task', () => {
    const runs = new Runs();
    runs.run({}, [{ args: [1] }]);
    runs.run({ parts: [symbol('main', '2')] }, []);
    expect(runs.run({ parts: [symbol('main', '3')] }, [{ args: [1] }])).toEqual([
      'src/a.ts#main changed, src/a.ts#helper is gone',
    ]);
  });

  it('overrides are compared with the same overrides where they were used before', () => {
    const runs = new Runs();
    const salted = (salt: string): Setting => ({ base: { salt }, identity: `${TASK}|salt` });
    runs.run({}, [{ args: [1] }]);
    expect(runs.run(salted('a'), [{ args: [1] }])).toEqual(['salt "a" is new']);
    expect(runs.run(salted('b'), [{ args: [1] }])).toEqual(['salt "a" → "b"']);
    const edited = { parts: [symbol('main'), symbol('helper', '2')] };
    expect(runs.run(edited, [{ args: [1] }])).toEqual(['src/a.ts#helper changed']);
  });
});

describe('inputs', () => {
  const rows = [
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
  ];
  const edited = [rows[0], { id: 2, text: 'c' }];

  it('of a task that is called once are compared with its last, however different', () => {
    expect(afterEdit({}, {}, [2])).toBe('never executed with these inputs: rows 1 → 2');
    expect(afterEdit({}, {}, [1, 4])).toBe('never executed with these inputs: epochs omitted → 4');
  });

  it('are told by field, old and new', () => {
    const runs = new Runs();
    runs.run({}, [{ args: [rows, 3] }]);
    expect(runs.run({}, [{ args: [edited, 3] }])).toEqual([
      'never executed with these inputs: rows[1].text "b" → "c"',
    ]);
  });

  it('of a task that is called for many items are compared only with what is near', () => {
    const runs = new Runs();
    const file = (name: string, text: string) =>
      fileReference({ name, digest: digestOf('blob', text) });
    runs.run({}, [{ args: [file('a', '1')] }, { args: [file('b', '1')] }, { args: ['x'] }]);
    expect(runs.run({}, [{ args: [file('b', '2')] }, { args: [file('c', '1')] }])).toEqual([
      'never executed with these inputs: rows "b" #6b86b273ff34 → "b" #d4735e3a265e',
      'never executed with these inputs',
    ]);
  });

  it('and code that changed both are told, where the inputs are new under the old code too', () => {
    const helper = { parts: [symbol('main'), symbol('helper', '2')] };
    expect(afterEdit({}, helper)).toBe('src/a.ts#helper changed');
    expect(afterEdit({}, helper, [2])).toBe('src/a.ts#helper changed, input rows 1 → 2');
  });

  it('Q4: ignored ones are none', () => {
    const runs = new Runs();
    const setting = { ignored: ['epochs'] };
    runs.run(setting, [{ args: [rows, 3] }]);
    expect(runs.run(setting, [{ args: [edited, 4] }])).toEqual([
      'never executed with these inputs: rows[1].text "b" → "c"',
    ]);
  });

  it('are compared for the first misses of a task, the others are new', () => {
    const runs = new Runs();
    const item = (n: number, text: string) => ({ n, a: 1, b: 2, c: 3, text });
    const calls = (text: string): readonly Call[] =>
      Array.from({ length: 30 }, (_, n) => ({ args: [item(n, text)] }));
    runs.run({}, calls('x'));
    const told = runs.run({}, calls('y'));
    expect(told[0]).toBe('never executed with these inputs: rows.text "x" → "y"');
    expect(told.slice(20)).toEqual(
      Array.from({ length: 10 }, () => 'never executed with these inputs'),
    );
  });
});

describe('an execution that left no trace', () => {
  const untraced = 'it wrote out/a.txt at src/main.ts:3:9';

  it('O5: says why, until one of the same key leaves a trace', () => {
    const runs = new Runs();
    runs.run({}, [{ args: [1], untraced }]);
    const sentence = `its last execution left no trace: ${untraced}`;
    expect(runs.run({}, [{ args: [1] }])).toEqual([sentence]);
    expect(runs.run({}, [{ args: [1] }])).toEqual(['never executed with these inputs']);
  });
});

it('what was made elsewhere, and taken, is what later misses are compared with', () => {
  const runs = new Runs();
  expect(runs.run({}, [])).toEqual([]);
  runs.take({});
  const edited = [symbol('main'), symbol('helper', '2')];
  expect(runs.run({ parts: edited }, [{ args: ['a'] }])).toEqual(['src/a.ts#helper changed']);
  runs.take({});
  expect(runs.run({}, [{ args: ['b'] }])).toEqual([
    'never executed with these inputs: rows "a" → "b"',
  ]);
});
