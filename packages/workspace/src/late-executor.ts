import type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  BundleLocation,
  Executor,
  LoadReport,
} from '@skein/executors';
import type { Failure, Result } from '@skein/model';

export interface LateSettings {
  /** As the executor itself is called. */
  readonly name: string;
  /** Loads and opens it; asked once, when something has to execute there, or may have to. */
  readonly open: () => Promise<Result<Executor>>;
  /** Nothing can execute there: told once, why. */
  readonly failed: (failure: Failure) => void;
  readonly warn: (warning: Failure) => void;
}

type Cancelled = Parameters<AttemptHandle['cancel']>[0];

/**
 * Stands for an executor that takes time to open, or that this machine may not have: a run that
 * executes nothing there never asks. What options it cannot honour is said when it is there.
 */
export class LateExecutor implements Executor {
  readonly name: string;
  readonly #settings: LateSettings;
  readonly #told = new Set<string>();
  #opening: Promise<Result<Executor>> | undefined;
  #opened: Promise<Result<Executor>> | undefined;

  constructor(settings: LateSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  /** Begins to open it; whether that can be done is told only once something has to execute. */
  prepare(): void {
    this.#opening ??= this.#settings.open();
  }

  async load(bundle: BundleLocation): Promise<Result<LoadReport>> {
    const opened = await this.#open();
    return opened.ok ? await opened.value.load(bundle) : opened;
  }

  execute(attempt: AttemptRequest, host: AttemptHost): AttemptHandle {
    let handle: AttemptHandle | undefined;
    let cancelled: Cancelled | undefined;
    const begin = async (): Promise<AttemptResult> => {
      const opened = await this.#open();
      if (cancelled !== undefined) return { kind: 'stopped', reason: cancelled };
      if (!opened.ok) {
        return { kind: 'lost', cause: 'start', message: opened.failure.headline };
      }
      this.#warnUnhonoured(opened.value, attempt);
      handle = opened.value.execute(attempt, host);
      return await handle.done;
    };
    return {
      done: begin(),
      cancel: (reason) => {
        cancelled ??= reason;
        handle?.cancel(reason);
      },
    };
  }

  /** Nothing is said of it before it is there. */
  cannotHonour(): readonly string[] {
    return [];
  }

  async close(): Promise<void> {
    const opened = await this.#opening;
    if (opened?.ok === true) await opened.value.close();
  }

  #open(): Promise<Result<Executor>> {
    this.#opening ??= this.#settings.open();
    return (this.#opened ??= this.#opening.then((opened) => {
      if (!opened.ok) this.#settings.failed(opened.failure);
      return opened;
    }));
  }

  #warnUnhonoured(executor: Executor, { task, options }: AttemptRequest): void {
    for (const setting of executor.cannotHonour(options)) {
      const told = `${task} ${setting}`;
      if (this.#told.has(told)) continue;
      this.#told.add(told);
      this.#settings.warn({
        code: 'option-not-honoured',
        kind: 'warning',
        headline: `"${setting}" has no effect here`,
        facts: [
          ['task', task],
          ['executor', executor.name],
        ],
        hint: 'remove the option',
      });
    }
  }
}
