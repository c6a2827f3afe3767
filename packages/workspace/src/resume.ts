import type { Analysis } from '@skein/analysis';
import type { Resumption, RunCode } from '@skein/engine';
import { type RunState, isAlive, readRun } from '@skein/journal';
import type {
  Change,
  CodeManifest,
  Failure,
  Result,
  RunId,
  TaskId,
  TaskOptions,
} from '@skein/model';
import { fail, succeed } from '@skein/model';
import { encode, inputDigest } from '@skein/values';
import { readCode, readPackage } from './code-record.ts';
import type { ResumeRequest } from './contract.ts';
import { manifestChanges } from './manifest-changes.ts';
import type { Opened } from './opened.ts';

/** What a run is told of the one it goes on from, and what a person should know of that. */
export interface Resuming {
  readonly resumption: Resumption;
  readonly warnings: readonly Failure[];
}

/** What today's run is, as far as earlier ones are compared with it. */
export interface Today {
  readonly analysis: Pick<Analysis, 'manifests' | 'packageClosure'>;
  readonly code: Pick<RunCode, 'rows' | 'declared'>;
  readonly task: TaskId;
}

/** Fails where the earlier run was one of another task: nothing of it would be found. */
export function resume(
  opened: Pick<Opened, 'state'>,
  today: Today,
  { run, edited = 'adopt' }: ResumeRequest,
): Result<Resuming> {
  if (run.started.task !== today.task) return fail(otherTask(run, today.task));
  const { runs, warnings } = chainOf(opened, run);
  const differences = new Differences(opened, today, runs);
  const changes: Resumption['changes'] = (earlier, task) => differences.of(earlier, task);
  return succeed({ resumption: { runs, changes, edited }, warnings });
}

/**
 * The run, and those that it went on from itself. Each was recorded before the next began, so
 * that none comes twice; a record that was written by hand ends the chain.
 */
function chainOf(
  { state }: Pick<Opened, 'state'>,
  run: RunState,
): { readonly runs: readonly RunState[]; readonly warnings: readonly Failure[] } {
  const runs = [run];
  const seen = new Set<RunId>([run.overview.run]);
  for (let next = originOf(run); next !== undefined;) {
    if (seen.has(next)) break;
    seen.add(next);
    const read = readRun(state.db, next, isAlive);
    if (!read.ok) return { runs, warnings: [linkGone(runs.at(-1) ?? run, next)] };
    runs.push(read.value);
    next = originOf(read.value);
  }
  return { runs, warnings: [] };
}

function originOf({ started }: RunState): RunId | undefined {
  return started.origin?.kind === 'resume' ? started.origin.run : undefined;
}

type Manifests = ReadonlyMap<TaskId, CodeManifest>;

/** How a task differs between an earlier run and today; compared once for each. */
class Differences {
  readonly #state: Opened['state'];
  readonly #today: Today;
  readonly #runs: ReadonlyMap<RunId, RunState>;
  readonly #manifests = new Map<RunId, Manifests | undefined>();
  readonly #known = new Map<string, readonly Change[] | undefined>();

  constructor({ state }: Pick<Opened, 'state'>, today: Today, runs: readonly RunState[]) {
    this.#state = state;
    this.#today = today;
    this.#runs = new Map(runs.map((run) => [run.overview.run, run]));
  }

  of(run: RunId, task: TaskId): readonly Change[] | undefined {
    const name = `${run} ${task}`;
    if (!this.#known.has(name)) this.#known.set(name, this.#compare(run, task));
    return this.#known.get(name);
  }

  #compare(run: RunId, task: TaskId): readonly Change[] | undefined {
    const state = this.#runs.get(run);
    const before = this.#manifestsOf(run)?.get(task);
    const { analysis, code } = this.#today;
    const now = analysis.manifests.get(task);
    if (state === undefined || before === undefined || now === undefined) return undefined;
    const { started } = state;
    return [
      ...this.#codeChanges(before, now),
      ...this.#variableChanges(started.variables, code.rows.get(task)?.options),
    ];
  }

  #codeChanges(before: CodeManifest, now: CodeManifest): readonly Change[] {
    if (before.digest === now.digest) return [];
    const changes = manifestChanges(before.parts, now.parts, (part) => {
      return (
        readPackage(this.#state.traces, part.digest) ?? this.#today.analysis.packageClosure(part)
      );
    });
    return changes.length > 0 ? changes : [{ kind: 'setting', name: 'code' }];
  }

  /** Names that the record does not tell of were not declared then: no value is known of them. */
  #variableChanges(
    recorded: RunState['started']['variables'] = {},
    options: Pick<TaskOptions, 'variables'> | undefined,
  ): readonly Change[] {
    return Object.entries(options?.variables ?? {}).flatMap(([name, source]): readonly Change[] => {
      if (!Object.hasOwn(recorded, name)) return [];
      const value = source.kind === 'set' ? source.value : this.#today.code.declared(name);
      const after = value === undefined ? null : inputDigest(encode(value));
      const before = recorded[name] ?? null;
      if (before === after) return [];
      return [
        {
          kind: 'variable',
          name,
          ...(before === null ? {} : { before }),
          ...(after === null ? {} : { after }),
        },
      ];
    });
  }

  #manifestsOf(run: RunId): Manifests | undefined {
    if (!this.#manifests.has(run)) {
      const digest = this.#runs.get(run)?.started.code;
      const found = digest === undefined ? undefined : readCode(this.#state.traces, digest);
      this.#manifests.set(run, found);
    }
    return this.#manifests.get(run);
  }
}

function otherTask({ overview, started }: RunState, task: TaskId): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'the run to go on from is one of another task',
    facts: [
      ['run', overview.run],
      ['its task', started.task],
      ['asked for', task],
    ],
    hint: 'name a run of the same task, or run it without resuming',
  };
}

function linkGone({ overview }: RunState, gone: RunId): Failure {
  return {
    code: 'record-missing',
    kind: 'warning',
    headline: 'a run that the earlier one went on from is not on record any more',
    facts: [
      ['run', gone],
      ['resumed by', overview.run],
    ],
    hint: 'what it alone had finished executes again',
  };
}
