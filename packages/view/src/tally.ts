import type { ActionCounts, ActionNumber, Reason, RunEvent, TaskId, Verdict } from '@skein/model';
import { exampleOf, nameReason } from './reason.ts';

/** What one task has done in the run so far. */
export interface TaskTally {
  readonly task: TaskId;
  /** Called and not finished: those that wait for a place and those that run. */
  open: number;
  running: number;
  executed: number;
  reused: number;
  adopted: number;
  failed: number;
  /** Sum over the executed actions, what they waited for included. */
  durationMs: number;
  /** True once it called another task: its time is mostly that of others. */
  calls: boolean;
}

/** How many actions executed for one reason. */
export interface ReasonTally {
  /** In few words. */
  readonly name: string;
  readonly count: number;
  /** The sentence of one of them, where it says more. */
  readonly example?: { readonly task: TaskId; readonly text: string };
}

/** Counts what happens in a run, as it happens. An event costs two or three look-ups. */
export class Tally {
  readonly #tasks = new Map<TaskId, TaskTally>();
  readonly #open = new Map<ActionNumber, TaskTally>();
  readonly #running = new Set<ActionNumber>();
  readonly #reasons = new Map<string, number>();
  readonly #examples = new Map<string, NonNullable<ReasonTally['example']>>();
  #executed = 0;
  #reused = 0;
  #adopted = 0;
  #failed = 0;

  observe(event: RunEvent): void {
    switch (event.kind) {
      case 'action-started':
        if (event.verdict.kind === 'execute') this.#start(event, event.verdict.reason);
        break;
      case 'attempt-started':
        this.#run(event.action);
        break;
      case 'action-finished':
        this.#finish(event);
        break;
      default:
    }
  }

  /** X8: total = executed + reused + adopted; failed is part of executed. */
  get counts(): ActionCounts {
    const total = this.#executed + this.#reused + this.#adopted;
    return {
      total,
      executed: this.#executed,
      reused: this.#reused,
      adopted: this.#adopted,
      failed: this.#failed,
    };
  }

  get open(): number {
    return this.#open.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** The task of an action that is not finished. */
  taskOf(action: ActionNumber): TaskId | undefined {
    return this.#open.get(action)?.task;
  }

  /** In the order in which the tasks were first called. */
  tasks(): readonly TaskTally[] {
    return [...this.#tasks.values()];
  }

  /** Why actions executed, the most frequent first. */
  reasons(): readonly ReasonTally[] {
    const all = [...this.#reasons].map(([name, count]): ReasonTally => {
      const example = this.#examples.get(name);
      return { name, count, ...(example === undefined ? {} : { example }) };
    });
    return all.sort((a, b) => b.count - a.count);
  }

  #start(
    event: { readonly action: ActionNumber; readonly parent: ActionNumber; readonly task: TaskId },
    reason: Reason,
  ): void {
    this.#showExample(event.task, reason);
    const tally = this.#of(event.task);
    tally.open += 1;
    this.#open.set(event.action, tally);
    const caller = this.#open.get(event.parent);
    if (caller !== undefined) caller.calls = true;
  }

  #run(action: ActionNumber): void {
    const tally = this.#open.get(action);
    if (tally === undefined || this.#running.has(action)) return;
    this.#running.add(action);
    tally.running += 1;
  }

  #finish(event: Extract<RunEvent, { kind: 'action-finished' }>): void {
    const { action } = event;
    const tally = this.#open.get(action) ?? this.#of(event.task);
    if (this.#open.delete(action)) tally.open -= 1;
    if (this.#running.delete(action)) tally.running -= 1;
    const caller = this.#open.get(event.parent);
    if (caller !== undefined) caller.calls = true;
    this.#count(tally, event.verdict);
    if (event.verdict.kind !== 'execute') return;
    tally.durationMs += event.durationMs;
    if (event.outcome.kind === 'error') {
      tally.failed += 1;
      this.#failed += 1;
    }
  }

  #count(tally: TaskTally, verdict: Verdict): void {
    switch (verdict.kind) {
      case 'execute': {
        tally.executed += 1;
        this.#executed += 1;
        this.#countReason(tally.task, verdict.reason);
        break;
      }
      case 'reuse':
        tally.reused += 1;
        this.#reused += 1;
        break;
      case 'adopt':
        tally.adopted += 1;
        this.#adopted += 1;
        break;
    }
  }

  #countReason(task: TaskId, reason: Reason): void {
    this.#showExample(task, reason);
    const name = nameReason(reason);
    this.#reasons.set(name, (this.#reasons.get(name) ?? 0) + 1);
  }

  /** Of the first that started: callers come before what they call, and say more. */
  #showExample(task: TaskId, reason: Reason): void {
    const text = exampleOf(reason);
    const name = nameReason(reason);
    if (text !== undefined && !this.#examples.has(name)) this.#examples.set(name, { task, text });
  }

  #of(task: TaskId): TaskTally {
    const known = this.#tasks.get(task);
    if (known !== undefined) return known;
    const tally: TaskTally = {
      task,
      open: 0,
      running: 0,
      executed: 0,
      reused: 0,
      adopted: 0,
      failed: 0,
      durationMs: 0,
      calls: false,
    };
    this.#tasks.set(task, tally);
    return tally;
  }
}

/** `train` of `src/main.ts#train`: what a line has room for. */
export function taskName(task: string): string {
  return task.slice(task.lastIndexOf('#') + 1);
}
