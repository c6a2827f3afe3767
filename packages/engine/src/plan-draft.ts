import type { PlanCounts, PlanTime, PlannedAction, PlannedTask, TaskId } from '@skein/model';
import { type PlanEntry, type Standing, prospectOf, seenAs, standingOf } from './plan-entry.ts';
import type { ForeseenCall, Outlook } from './plan-outlook.ts';
import { longestPath } from './plan-path.ts';

interface Visit {
  readonly outlook: Outlook;
  readonly sure: boolean;
  readonly after: readonly TaskId[];
  readonly slot: string;
  readonly parent: PlanEntry | undefined;
}

/** What a plan is made of: different actions, each in the worst light that somebody saw it in. */
export class PlanDraft {
  readonly #entries = new Map<string, PlanEntry>();
  readonly #mayCall = new Set<TaskId>();
  #executes: boolean | undefined;

  /** Adds everything beneath, callers before their calls. */
  add(root: Outlook): void {
    this.#executes = undefined;
    const pending: Visit[] = [
      { outlook: root, sure: true, after: [], slot: '', parent: undefined },
    ];
    for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
      const entry = this.#enter(visit);
      if (entry === undefined) continue;
      const { calls, mayCall } = visit.outlook;
      for (const task of mayCall) this.#mayCall.add(task);
      for (const { outlook, slot, ...call } of calls.toReversed()) {
        const sure = visit.sure && call.sure;
        const after = call.after.length > 0 ? call.after : visit.after;
        pending.push({ outlook, sure, after, slot, parent: entry });
      }
    }
  }

  get mayCall(): readonly TaskId[] {
    return [...this.#mayCall];
  }

  /** Every action that was looked at, with what is known of it. */
  *standings(): Iterable<readonly [ForeseenCall, Standing]> {
    for (const entry of this.#entries.values()) {
      yield [entry.outlook.call, this.#standing(entry)];
    }
  }

  counts(): PlanCounts {
    const sum = { execute: 0, reuse: 0, unknown: 0 };
    for (const { execute, reuse, unknown } of this.#byTask().values()) {
      sum.execute += execute;
      sum.reuse += reuse;
      sum.unknown += unknown;
    }
    return sum;
  }

  tasks(): readonly PlannedTask[] {
    const times = new Map<TaskId, number | null>();
    for (const [entry] of this.#shown()) {
      const { id } = entry.outlook.call.task;
      const expectedMs = entry.outlook.expected();
      const sum = times.get(id) ?? null;
      times.set(id, expectedMs === null ? sum : (sum ?? 0) + expectedMs);
    }
    return [...this.#byTask()]
      .map(([task, counts]) => ({ task, counts, expectedMs: times.get(task) ?? null }))
      .toSorted((one, other) => other.counts.execute - one.counts.execute);
  }

  actions(): readonly PlannedAction[] {
    const shown = [...this.#shown()].map(([entry]) => entry);
    const numbers = new Map(shown.map((entry, index) => [entry, index + 1]));
    return shown.map((entry, index) => {
      const { call, expected } = entry.outlook;
      return {
        action: index + 1,
        parent: parentNumber(entry, numbers),
        task: call.task.id,
        key: call.key,
        inputs: call.inputs,
        prospect: prospectOf(entry),
        expectedMs: expected(),
      };
    });
  }

  /** `workers`: how many actions run at the same time at most. */
  time(workers: number): PlanTime {
    let expected = 0;
    let atMost = 0;
    let unknown = 0;
    for (const [entry, standing] of this.#shown()) {
      const ms = entry.outlook.expected();
      if (ms === null) unknown += 1;
      if (standing === 'execute') expected += ms ?? 0;
      atMost += ms ?? 0;
    }
    const path = longestPath(this.#entries, (entry) => this.#standing(entry));
    return {
      expectedMs: Math.max(expected / workers, path.expected),
      atMostMs: Math.max(atMost / workers, path.atMost),
      unknown,
    };
  }

  /** What is not certain to be reused. */
  *#shown(): Iterable<readonly [PlanEntry, Standing]> {
    for (const entry of this.#entries.values()) {
      const standing = this.#standing(entry);
      if (standing !== 'reuse') yield [entry, standing];
    }
  }

  /** `undefined`: it stands there already, as certain as this. */
  #enter({ outlook, sure, after, slot, parent }: Visit): PlanEntry | undefined {
    const name = outlook.call.key ?? `${parent?.name ?? ''} ${slot}`;
    const known = this.#entries.get(name);
    if (known === undefined) {
      const visited = new Map([[outlook, seenAs({ outlook, sure, after })]]);
      const entry: PlanEntry = { outlook, sure, after, name, parent, visited };
      this.#entries.set(name, entry);
      return entry;
    }
    const seen = seenAs({ outlook, sure, after });
    const before = known.visited.get(outlook);
    if (before !== undefined && before >= seen) return undefined;
    known.visited.set(outlook, seen);
    if (seen > seenAs(known)) Object.assign(known, { outlook, sure, after });
    return known;
  }

  /** Where something executes, nobody knows what else it may ask for. */
  #standing(entry: PlanEntry): Standing {
    const { fate } = entry.outlook;
    const isAsked = fate.kind === 'reuse' && fate.ifCalled !== undefined && this.#anyExecutes;
    return isAsked ? 'unknown' : standingOf(entry);
  }

  get #anyExecutes(): boolean {
    this.#executes ??= [...this.#entries.values()].some((entry) => standingOf(entry) !== 'reuse');
    return this.#executes;
  }

  #byTask(): ReadonlyMap<TaskId, PlanCounts> {
    const byTask = new Map<TaskId, Record<Standing, number>>();
    const add = (task: TaskId, standing: Standing, actions: number): void => {
      const counts = byTask.get(task) ?? { execute: 0, reuse: 0, unknown: 0 };
      byTask.set(task, counts);
      counts[standing] += actions;
    };
    for (const entry of this.#entries.values()) {
      const { call, fate } = entry.outlook;
      const standing = this.#standing(entry);
      add(call.task.id, standing, 1);
      if (fate.kind !== 'reuse') continue;
      for (const [task, actions] of fate.beneath) add(task, standing, actions);
    }
    return byTask;
  }
}

/** Callers that are themselves reused are left out. */
function parentNumber({ parent }: PlanEntry, numbers: ReadonlyMap<PlanEntry, number>): number {
  for (let at = parent; at !== undefined; at = at.parent) {
    const number = numbers.get(at);
    if (number !== undefined) return number;
  }
  return 0;
}
