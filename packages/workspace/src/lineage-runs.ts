import { indexRun, isAlive } from '@skein/journal';
import type { ActionNumber, Failure, RunId } from '@skein/model';
import { LineageCalls } from './lineage-calls.ts';
import { LineageRun } from './lineage-run.ts';
import type { Opened } from './opened.ts';

/** The runs that a question leads through, each opened once. */
export class LineageRuns {
  readonly opened: Opened;
  readonly #known = new Map<RunId, LineageRun>();
  readonly #calls = new Map<LineageRun, Map<ActionNumber, LineageCalls>>();

  constructor(opened: Opened) {
    this.opened = opened;
  }

  /** By id, unique prefix, or `last`; the failure says why there is none. */
  open(selector: string): LineageRun | Failure {
    const known = this.#known.get(selector as RunId);
    if (known !== undefined) return known;
    const index = indexRun(this.opened.state.db, selector, isAlive);
    if (!index.ok) return index.failure;
    const { run } = index.value.overview;
    const opened = this.#known.get(run) ?? new LineageRun(this.opened, index.value);
    this.#known.set(run, opened);
    return opened;
  }

  /** A run that a record names; `undefined`: it is not there any more. */
  named(run: string): LineageRun | undefined {
    const found = this.open(run);
    return found instanceof LineageRun ? found : undefined;
  }

  /** The calls of an action, looked through once. */
  callsOf(run: LineageRun, caller: ActionNumber): LineageCalls {
    const ofRun = this.#calls.get(run) ?? new Map<ActionNumber, LineageCalls>();
    this.#calls.set(run, ofRun);
    const calls = ofRun.get(caller) ?? new LineageCalls(run, caller);
    ofRun.set(caller, calls);
    return calls;
  }
}
