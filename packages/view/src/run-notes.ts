import type { ActionFinished, Failure, RunEvent } from '@skein/model';

/** An action that executed and failed, as far as a report tells of it. */
export type FailedAction = Pick<ActionFinished, 'action' | 'task' | 'inputs' | 'outcome'>;

/** Of each kind so many are kept; the others are counted. */
const KEPT = 20;

/** What a report tells besides the counts of a `Tally`: warnings, and actions that failed. */
export class RunNotes {
  readonly #warnings: Failure[] = [];
  readonly #failed: FailedAction[] = [];
  #warned = 0;
  #failures = 0;

  observe(event: RunEvent): void {
    if (event.kind === 'run-warned') this.warn(event.warning);
    else if (event.kind === 'action-finished') this.#finish(event);
  }

  warn(warning: Failure): void {
    this.#warned += 1;
    if (this.#warnings.length < KEPT) this.#warnings.push(warning);
  }

  /** The first ones. */
  get warnings(): readonly Failure[] {
    return this.#warnings;
  }

  /** The first ones: where one failure made others fail, it stands before them. */
  get failed(): readonly FailedAction[] {
    return this.#failed;
  }

  /** How many there are that are not told. */
  get left(): { readonly warnings: number; readonly failed: number } {
    return {
      warnings: this.#warned - this.#warnings.length,
      failed: this.#failures - this.#failed.length,
    };
  }

  #finish({ action, task, inputs, outcome, verdict }: ActionFinished): void {
    if (verdict.kind !== 'execute' || outcome.kind !== 'error') return;
    this.#failures += 1;
    if (this.#failed.length < KEPT) this.#failed.push({ action, task, inputs, outcome });
  }
}
