import { indexRun, isAlive } from '@skein/journal';
import type { Failure, RunId } from '@skein/model';
import { LineageRun } from './lineage-run.ts';
import type { Opened } from './opened.ts';

/** The runs that a question leads through, each opened once. */
export class LineageRuns {
  readonly opened: Opened;
  readonly #known = new Map<RunId, LineageRun>();

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
}
