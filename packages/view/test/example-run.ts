import type { ActionState, RunState } from '@skein/journal';
import type {
  ActionFinished,
  ActionKey,
  ActionStarted,
  ErrorOutcome,
  Failure,
  HostPlatform,
  Reason,
  ResultOutcome,
  RunId,
  RunOverview,
  RunStarted,
  RunSummary,
  TaskId,
} from '@skein/model';
import { digestOf, type Digest } from '@skein/values';
import type { Reader } from '../src/recorded.ts';

/** A recorded value is JSON here: views only hand its bytes to whoever can read them. */
export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function jsonValue(bytes: Uint8Array): { readonly ok: true; readonly value: unknown } {
  return { ok: true, value: JSON.parse(new TextDecoder().decode(bytes)) };
}

export const readJson: Reader = { value: jsonValue, bytes: () => undefined };

export function digest(text: string): Digest {
  return digestOf('value', text);
}

export function taskId(name: string): TaskId {
  return `src/main.ts#${name}` as TaskId;
}

export function result(value: unknown): ResultOutcome {
  const bytes = bytesOf(value);
  return { kind: 'result', digest: digestOf('value', bytes), value: { at: 'inline', bytes } };
}

export function error(message: string): ErrorOutcome {
  const record = {
    class: 'src/main.ts#ParseError',
    name: 'ParseError',
    message,
    fields: {},
    cause: { kind: 'error', error: { class: 'RangeError', name: 'RangeError', message: 'line 3' } },
    stack: `ParseError: ${message}\n    at f (src/a.ts:1:9)`,
  };
  return { kind: 'error', digest: digest(message), bytes: bytesOf(record), fault: 'author' };
}

export const executed: Reason = { kind: 'never-executed' };

interface Call {
  readonly action: number;
  readonly parent?: number;
  readonly task: string;
  readonly reason?: Reason;
}

export function startedEvent({ action, parent = 1, task, reason = executed }: Call): ActionStarted {
  return {
    kind: 'action-started',
    at: 0,
    action,
    parent,
    task: taskId(task),
    key: null,
    inputs: [],
    verdict: { kind: 'execute', reason },
    groups: [],
  };
}

export function finishedEvent(
  call: Call & {
    readonly durationMs?: number;
    readonly fails?: boolean;
    readonly reused?: boolean;
  },
): ActionFinished {
  const verdict =
    call.reused === true
      ? ({ kind: 'reuse', reason: { kind: 'found' } } as const)
      : startedEvent(call).verdict;
  return {
    ...startedEvent(call),
    kind: 'action-finished',
    verdict,
    outcome: call.fails === true ? error('odd') : result(1),
    attempts: 1,
    durationMs: call.durationMs ?? 0,
    waves: [],
    log: null,
    impurities: [],
    traced: true,
  };
}

export function attemptEvent(action: number) {
  return { kind: 'attempt-started', at: 0, action, attempt: 1, worker: 'worker 1' } as const;
}

const platform: HostPlatform = { node: '26.10.0', os: 'linux', arch: 'x64', libc: 'glibc' };
const startedAt = 1_000_000;

export const overview: RunOverview = {
  run: '20261124-054405-1a2b3c' as RunId,
  status: 'failed',
  task: taskId('main'),
  entry: 'src/main.ts',
  startedAt,
  durationMs: 12_340,
  counts: { total: 12, executed: 10, reused: 2, adopted: 0, failed: 2 },
  labels: { nightly: 'yes' },
  initiator: 'command',
};

export const started: RunStarted = {
  kind: 'run-started',
  at: startedAt,
  run: overview.run,
  entry: 'src/main.ts',
  task: overview.task,
  initiator: 'command',
  labels: overview.labels,
  platform,
  bundle: digest('bundle'),
  code: digest('code'),
  process: { pid: 1, startedAt: 'x', host: 'h' },
};

export function actionState(
  state: Partial<ActionState> & { readonly action: number; readonly task: TaskId },
): ActionState {
  return {
    parent: 1,
    key: null,
    inputs: [],
    verdict: { kind: 'execute', reason: executed },
    groups: [],
    children: [],
    attempts: [],
    logs: [],
    checkpoints: [],
    startedAt: startedAt + 10,
    finishedAt: startedAt + 1_510,
    durationMs: 1_500,
    outcome: result({ words: 120 }),
    waves: [],
    log: null,
    impurities: [],
    traced: true,
    ...state,
  };
}

const parse = taskId('parse');

const parsed: readonly ActionState[] = Array.from({ length: 10 }, (_, index) => {
  const bytes = bytesOf(`file-${index}.html`);
  const text = 'parsing\nstill\nmore\nend\n';
  return actionState({
    action: index + 3,
    task: parse,
    inputs: [{ digest: digest(String(index)), bytes }],
    outcome: index % 5 === 4 ? error(`unexpected "<" in file ${index}`) : result({ words: index }),
    logs: index === 4 ? [{ at: startedAt, stream: 'stdout', text }] : [],
  });
});

const list = actionState({
  action: 2,
  task: taskId('list'),
  verdict: { kind: 'reuse', reason: { kind: 'found' } },
  inputs: [{ digest: digest('data'), bytes: bytesOf('data') }],
  outcome: result(['file-0.html', 'file-1.html']),
});

const main = actionState({
  action: 1,
  parent: 0,
  task: taskId('main'),
  verdict: { kind: 'execute', reason: { kind: 'caching-off' } },
  key: digest('key') as ActionKey,
  inputs: [{ digest: digest('data'), bytes: bytesOf('data') }],
  children: [2, ...parsed.map(({ action }) => action)],
  outcome: error('unexpected "<" in file 4'),
  durationMs: 12_340,
  attempts: [
    {
      attempt: 1,
      worker: 'worker 1',
      startedAt: startedAt + 20,
      endedAt: startedAt + 900,
      outcome: error('try 1'),
      retryInMs: 500,
    },
    { attempt: 2, worker: 'worker 2', startedAt: startedAt + 1_400 },
  ],
  impurities: [{ kind: 'clock', what: 'Date.now', at: 'src/main.ts:4:7' }],
  untraced: 'an action it called failed and it did not catch that',
  traced: false,
  waves: [
    [{ kind: 'file', path: 'data/x.json', digest: null }],
    [
      {
        kind: 'map',
        task: parse,
        inputs: new Uint8Array(400),
        outcomes: new Uint8Array(400),
        concurrency: 64,
        settled: false,
      },
    ],
  ],
});

const warning: Failure = {
  code: 'image-not-applied',
  kind: 'warning',
  headline: 'the declared image is not applied',
  facts: [['image', '"ghcr.io/acme/x"']],
};

/** `main` lists the files, parses ten of them (two fail), and catches nothing. */
export function exampleRun(): RunState {
  return {
    overview,
    started,
    actions: new Map([main, list, ...parsed].map((action) => [action.action, action])),
    roots: [1],
    warnings: [{ at: startedAt, warning }],
    logs: [],
    outcome: error('unexpected "<" in file 4'),
    thrower: 7,
    lastAt: startedAt + 12_340,
  };
}

export function summaryOf(change: Partial<RunSummary> = {}): RunSummary {
  return {
    run: overview.run,
    status: 'succeeded',
    task: taskId('main'),
    result: { accuracy: 0.97, languages: 322 },
    error: null,
    actions: { total: 10_412, executed: 10_412, reused: 0, adopted: 0, failed: 0 },
    durationMs: 12_340,
    ...change,
  };
}
