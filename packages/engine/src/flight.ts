import type { ActionKey } from '@skein/model';
import type { SettledCall } from './settled-call.ts';
import type { LiveAction } from './live-action.ts';
import type { PreparedTask } from './prepare.ts';

/** A look-up, and the execution after it, that several callers share (T7). */
export interface Flight {
  readonly node: LiveAction;
  readonly settled: Promise<SettledCall>;
  /** Callers that still want it; at none the work is cancelled. */
  users: number;
  /** A running caller is among them: a failure that is only known does not answer it (T4). */
  wantsExecution: boolean;
}

/** What is under way, by key and by the conditions that two executions must share. */
export class Flights {
  readonly #flights = new Map<string, Flight>();

  find(key: ActionKey, task: PreparedTask): Flight | undefined {
    return this.#flights.get(nameOf(key, task));
  }

  /** Enters a flight; it leaves when it has settled. */
  enter(key: ActionKey, task: PreparedTask, flight: Flight): void {
    const name = nameOf(key, task);
    this.#flights.set(name, flight);
    const leave = (): void => {
      if (this.#flights.get(name) === flight) this.#flights.delete(name);
    };
    flight.settled.then(leave, leave);
  }
}

function nameOf(key: ActionKey, task: PreparedTask): string {
  return key + task.conditions;
}
