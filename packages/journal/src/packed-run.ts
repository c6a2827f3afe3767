import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoredFormError } from '@skein/model';
import type {
  ActionNumber,
  CodeVersion,
  RunEvent,
  RunFinished,
  RunOverview,
  RunStarted,
} from '@skein/model';
import { CallColumns } from './call-columns.ts';
import { CallTree } from './call-tree.ts';
import { callDigests } from './call-digests.ts';
import { groupCalls } from './call-groups.ts';
import type { FactsBatch } from './facts-batch.ts';
import { verdictKind } from './facts-batch.ts';
import type { Facts } from './facts.ts';
import { ERROR, RESULT } from './facts-layout.ts';
import { RunFold } from './fold.ts';
import type { NoteKind } from './facts-layout.ts';
import { largeValues } from './lineage-values.ts';
import { selectNotes } from './notes.ts';
import type { Liveness } from './process.ts';
import { decodeRow, seqOf } from './row.ts';
import type {
  ActionDigests,
  CallGroup,
  IndexedAction,
  LargeValue,
  LargeWanted,
  LogsWanted,
  PrintedText,
  RunIndex,
} from './run-index.ts';
import type { ActionState, RunWarning } from './run-state.ts';

/** What is said of a run itself, besides its start. */
const OF_RUN: ReadonlySet<NoteKind> = new Set(['run-described', 'run-warned', 'run-finished']);

/** What an index is made of. */
export interface PackedParts {
  readonly db: DatabaseSync;
  /** The run's number, and the last row that `facts` know. */
  readonly number: number;
  readonly seq: number;
  readonly facts: readonly Facts[];
  readonly isAlive: Liveness;
}

/** The index of a run in packed facts; details come from the rows of the journal. */
export class PackedRun implements RunIndex {
  readonly number: number;
  readonly seq: number;
  readonly overview: RunOverview;
  readonly started: RunStarted;
  readonly warnings: readonly RunWarning[];
  readonly lastAt: number;
  readonly version?: CodeVersion;
  readonly outcome?: NonNullable<RunFinished['outcome']>;
  readonly thrower?: ActionNumber;
  readonly #facts: readonly Facts[];
  readonly #batches: readonly FactsBatch[];
  readonly #calls: CallColumns;
  readonly #tree: CallTree;
  readonly #select: StatementSync;
  readonly #digests = new Map<number, Uint8Array>();

  /** Throws a `StoredFormError` where the first row of the run is missing. */
  constructor({ db, number, seq, facts, isAlive }: PackedParts) {
    this.number = number;
    this.seq = seq;
    const batches = facts.map(({ batch }) => batch);
    this.#facts = facts;
    this.#batches = batches;
    this.#select = db.prepare('select body from events where seq = ?');
    const passed = selectNotes(batches, (kind) => kind === 'action-passed');
    this.#calls = new CallColumns(batches);
    this.#tree = new CallTree(
      this.#calls,
      new Map(passed.map(({ action, value }) => [action, value])),
    );
    const ofRun = selectNotes(batches, (kind) => OF_RUN.has(kind));
    const head = this.#readHead(new Set([1, ...ofRun.map(({ row }) => row)]));
    const { started, warnings, version, finished } = head;
    this.started = started;
    this.warnings = warnings;
    if (version !== undefined) this.version = version;
    if (finished?.outcome !== undefined) this.outcome = finished.outcome;
    if (finished?.thrower !== undefined) this.thrower = finished.thrower;
    this.overview = overviewOf(started, finished, {
      counts: finished?.counts ?? this.#calls.counts(),
      status: finished?.status ?? (isAlive(started.process) ? 'running' : 'interrupted'),
    });
    this.lastAt = Math.max(started.at, ...batches.slice(-1).map(({ lastAt }) => lastAt));
  }

  get size(): number {
    return this.#tree.size;
  }

  get highest(): ActionNumber {
    return this.#calls.highest;
  }

  get roots(): readonly ActionNumber[] {
    return [...this.#tree.childrenOf(0)];
  }

  readonly actions = (): Iterable<ActionNumber> => this.#calls.listed;

  readonly childrenOf = (action: ActionNumber): Uint32Array => this.#tree.childrenOf(action);

  readonly at = (action: ActionNumber): IndexedAction | undefined => {
    const calls = this.#calls;
    const task = calls.tasks[calls.task[action] ?? 0];
    if (!calls.has(action) || task === undefined) return undefined;
    // Asked of every action in turn: a spread would take longer than all else.
    const known: { -readonly [Name in keyof IndexedAction]: IndexedAction[Name] } = {
      action,
      parent: this.#tree.parentOf(action),
      task,
      verdict: verdictKind(calls.verdict[action] ?? 0),
      attempts: calls.attempts[action] ?? 0,
      durationMs: calls.durationMs[action] ?? 0,
      children: this.#tree.countOf(action),
    };
    const ended = calls.ended[action];
    if (ended === RESULT) known.ended = 'result';
    else if (ended === ERROR) known.ended = 'error';
    return known;
  };

  readonly digestsOf = (action: ActionNumber): ActionDigests | undefined => {
    if (!this.#calls.has(action)) return undefined;
    const at = this.#calls.batch[action] ?? 0;
    const facts = this.#facts[at];
    if (facts === undefined) return undefined;
    return callDigests(facts.batch, this.#digestsIn(at, facts), this.#calls.call[action] ?? 0);
  };

  /** Whoever asks for one asks for more. */
  #digestsIn(at: number, facts: Facts): Uint8Array {
    const known = this.#digests.get(at) ?? facts.digests();
    this.#digests.set(at, known);
    return known;
  }

  readonly largeValues = (wanted: LargeWanted): readonly LargeValue[] => {
    const digestsIn = (at: number): Uint8Array => {
      const facts = this.#facts[at];
      return facts === undefined ? new Uint8Array() : this.#digestsIn(at, facts);
    };
    return largeValues(this.#facts, digestsIn, wanted);
  };

  readonly groupsOf = (action: ActionNumber): readonly CallGroup[] =>
    groupCalls(this.#calls, this.#tree, action);

  readonly details = (actions: Iterable<ActionNumber>): ReadonlyMap<ActionNumber, ActionState> => {
    const wanted = new Set(actions);
    const fold = new RunFold(this.started);
    for (const row of this.#rowsOf(wanted)) {
      for (const event of this.#read(row)) {
        if ('action' in event && event.action !== undefined && wanted.has(event.action)) {
          fold.apply(event);
        }
      }
    }
    const states = new Map<ActionNumber, ActionState>();
    for (const [action, state] of fold.state(true).actions) {
      const children = [...this.#tree.childrenOf(action)];
      states.set(action, { ...state, parent: this.#tree.parentOf(action), children });
    }
    return states;
  };

  readonly logs = (wanted: LogsWanted): Iterable<PrintedText> => this.#logs(wanted);

  *#logs(wanted: LogsWanted): Generator<PrintedText> {
    const printed = selectNotes(
      this.#batches,
      (kind, action) => kind === 'action-logged' && this.#isWanted(action, wanted),
    );
    for (const row of new Set(printed.map(({ row }) => row))) {
      for (const event of this.#read(row)) {
        if (event.kind !== 'action-logged' || !this.#isWanted(event.action, wanted)) continue;
        if (wanted.stream !== undefined && event.stream !== wanted.stream) continue;
        const { kind: _, ...text } = event;
        yield text;
      }
    }
  }

  #isWanted(action: ActionNumber, wanted: LogsWanted): boolean {
    if (wanted.action !== undefined && wanted.action !== action) return false;
    if (wanted.task === undefined) return true;
    const task = this.at(action)?.task;
    return task !== undefined && isTask(task, wanted.task);
  }

  /** The rows that say something of these actions, in order. */
  #rowsOf(wanted: ReadonlySet<ActionNumber>): Iterable<number> {
    const rows = new Set<number>();
    for (const action of wanted) {
      for (const row of [this.#calls.startRow[action], this.#calls.endRow[action]]) {
        if (row !== undefined && row > 0) rows.add(row);
      }
    }
    const notes = selectNotes(this.#batches, (_, action) => wanted.has(action));
    for (const { row } of notes) rows.add(row);
    return [...rows].toSorted((a, b) => a - b);
  }

  #read(row: number): readonly RunEvent[] {
    const found = this.#select.get(seqOf(this.number, row));
    return found === undefined ? [] : decodeRow(found['body']);
  }

  #readHead(rows: Iterable<number>): Head {
    const warnings: RunWarning[] = [];
    let started: RunStarted | undefined;
    let version: CodeVersion | undefined;
    let finished: RunFinished | undefined;
    for (const row of rows) {
      for (const event of this.#read(row)) {
        if (event.kind === 'run-started') started = event;
        else if (event.kind === 'run-described') version = event.version;
        else if (event.kind === 'run-finished') finished = event;
        else if (event.kind === 'run-warned') {
          const { at, warning, action } = event;
          warnings.push(action === undefined ? { at, warning } : { at, warning, action });
        }
      }
    }
    if (started === undefined) throw new StoredFormError('the first row of the run is missing');
    return { started, warnings, version, finished };
  }
}

interface Head {
  readonly started: RunStarted;
  readonly warnings: readonly RunWarning[];
  readonly version: CodeVersion | undefined;
  readonly finished: RunFinished | undefined;
}

function overviewOf(
  { run, task, entry, labels, initiator, origin, at }: RunStarted,
  finished: RunFinished | undefined,
  known: Pick<RunOverview, 'counts' | 'status'>,
): RunOverview {
  return {
    run,
    task,
    entry,
    labels,
    initiator,
    ...(origin === undefined ? {} : { origin }),
    startedAt: at,
    ...(finished === undefined ? {} : { durationMs: finished.durationMs }),
    ...known,
  };
}

/** Whether a task has this id, or this name. */
function isTask(id: string, given: string): boolean {
  return id === given || id.slice(id.lastIndexOf('#') + 1) === given;
}
