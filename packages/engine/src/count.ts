import type { ActionCounts, RunEvent } from '@skein/model';

/** Counts the actions of a run as they are listed (X8). */
export class Counter {
  #executed = 0;
  #reused = 0;
  #adopted = 0;
  #failed = 0;

  count(event: RunEvent): void {
    if (event.kind !== 'action-finished') return;
    switch (event.verdict.kind) {
      case 'execute':
        this.#executed += 1;
        if (event.outcome.kind === 'error') this.#failed += 1;
        break;
      case 'reuse':
        this.#reused += 1;
        break;
      case 'adopt':
        this.#adopted += 1;
        break;
    }
  }

  counts(): ActionCounts {
    return {
      total: this.#executed + this.#reused + this.#adopted,
      executed: this.#executed,
      reused: this.#reused,
      adopted: this.#adopted,
      failed: this.#failed,
    };
  }
}
