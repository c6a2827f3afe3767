import { fail, succeed, type RunEvent, type RunId, type RunSummary } from '@skein/model';
import type { Failure, TaskDefinition, TaskId } from '@skein/model';
import type { InputSchema } from '@skein/analysis';
import { digestOf } from '@skein/values';
import type { StartRequest, Workspace } from '@skein/workspace';

export const RUN = '20261124-054405-1a2b3c' as RunId;

export function taskId(name: string): TaskId {
  return `src/main.ts#${name}` as TaskId;
}

export function task(name: string, ...parameters: string[]): TaskDefinition {
  return {
    id: taskId(name),
    name,
    module: 'src/main.ts',
    line: 1,
    column: 1,
    exported: true,
    parameters,
    rest: false,
    required: parameters.length,
    code: digestOf('code', name),
  };
}

/** What the workspace does is said by the test; what it was asked is kept. */
export interface FakeWorkspaceRequest extends Partial<Workspace> {
  readonly declared?: readonly TaskDefinition[];
  readonly schemas?: Readonly<Record<string, InputSchema>>;
  /** Happens in a run, before its end. */
  readonly events?: readonly RunEvent[];
  readonly summary?: Partial<RunSummary>;
  /** Instead of ending by itself, the run ends when it is cancelled. */
  readonly waits?: boolean;
}

export interface FakeWorkspace {
  readonly workspace: Workspace;
  readonly started: readonly StartRequest[];
  readonly closed: () => boolean;
}

const unknownRun: Failure = {
  code: 'run-not-found',
  kind: 'usage',
  headline: 'there is no such run',
  facts: [['run', '"x"']],
};

export function fakeWorkspace(request: FakeWorkspaceRequest = {}): FakeWorkspace {
  const { declared = [task('main')], schemas = {}, events = [], waits = false } = request;
  const started: StartRequest[] = [];
  let closed = false;
  const workspace: Workspace = {
    root: '/project',
    state: '/project/.skein',
    tasks: () => Promise.resolve({ ok: true, tasks: declared }),
    plan: () => Promise.reject(new Error('nothing is planned')),
    listImages: () => Promise.reject(new Error('no image is listed')),
    updateImages: () => Promise.reject(new Error('no image is updated')),
    inspectImage: () => Promise.reject(new Error('no image is inspected')),
    push: () => Promise.reject(new Error('nothing is shared')),
    pull: () => Promise.reject(new Error('nothing is shared')),
    schema: (id) => {
      const schema = schemas[id];
      if (schema === undefined) throw new Error(`the schema of ${id} is not needed here`);
      return Promise.resolve(succeed(schema));
    },
    graph: () => Promise.reject(new Error('this test has no graph')),
    start: (start) => {
      started.push(start);
      const ended = Promise.withResolvers<RunSummary>();
      const end = (change: Partial<RunSummary>): void =>
        ended.resolve({ ...summaryOf(start.task), ...request.summary, ...change });
      for (const event of events) start.onEvent?.(event);
      if (!waits) end({});
      const cancel = (): void => end({ status: 'cancelled', result: null });
      const thrown = Promise.resolve(undefined);
      return Promise.resolve(succeed({ run: RUN, done: ended.promise, thrown, cancel }));
    },
    replay: () => Promise.resolve(fail(unknownRun)),
    repeatable: () => Promise.resolve(fail(unknownRun)),
    resumable: () => Promise.resolve(fail(unknownRun)),
    planResume: () => Promise.resolve(fail(unknownRun)),
    runs: () => succeed([]),
    show: () => fail(unknownRun),
    follow: () => fail(unknownRun),
    recorded: () => undefined,
    decode: (bytes) => ({ ok: true, value: JSON.parse(new TextDecoder().decode(bytes)) }),
    lineage: () => Promise.resolve(fail(unknownRun)),
    why: () => Promise.resolve(fail(unknownRun)),
    affected: () => Promise.reject(new Error('nothing is compared')),
    verify: () => Promise.resolve(fail(unknownRun)),
    gc: () => Promise.reject(new Error('nothing is removed')),
    pin: () => fail(unknownRun),
    pins: () => succeed([]),
    doctor: () => Promise.resolve([]),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
    ...request,
  };
  return { workspace, started, closed: () => closed };
}

function summaryOf(id: TaskId): RunSummary {
  return {
    run: RUN,
    status: 'succeeded',
    task: id,
    result: 42,
    error: null,
    actions: { total: 3, executed: 2, reused: 1, adopted: 0, failed: 0 },
    durationMs: 1_234,
  };
}
