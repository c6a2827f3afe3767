import type { FailureError, Impurity, Observed, PlainObservation } from '@skein/model';
import type { Inheritor } from './checkpoint-body.ts';
import type { AttemptHost } from './executor.ts';
import type { ProcessLog } from './process-log.ts';
import { impureUnderStrict, undeclaredWrite, whyUntraced } from './refusal.ts';
import type { LeftBehind, Write } from './refusal.ts';
import type { WaveRecorder } from './waves.ts';

export interface WatcherSettings {
  readonly recorder: WaveRecorder;
  readonly log: ProcessLog;
  readonly host: Pick<AttemptHost, 'wrote'>;
  /** What it observes may outlive it (O3). */
  readonly retains: boolean;
  /** Impurities and writes are errors (O8). */
  readonly strict: boolean;
  /** Ends the action, whatever its code makes of the error that is thrown too. */
  readonly raise: (error: FailureError) => void;
}

/**
 * What one action touches. After its end nothing is told of it any more, but what may be kept:
 * code that goes on in the background can still fill a variable that others read.
 */
export class ActionWatcher implements Inheritor {
  readonly #settings: WatcherSettings;
  /** Told already, so that a loop over one file does not tell it a thousand times. */
  #written: Set<string> | undefined;
  #scratched: Map<string, LeftBehind> | undefined;
  #ended = false;

  constructor(settings: WatcherSettings) {
    this.#settings = settings;
  }

  get keepsAll(): boolean {
    return this.#settings.retains;
  }

  end(): void {
    this.#ended = true;
  }

  observe(seen: PlainObservation | Promise<PlainObservation | null>, through: string | null): void {
    const { recorder, log, retains } = this.#settings;
    const isKept = retains || through !== null;
    if (isKept) log.observe(seen);
    if (!this.#ended) recorder.observe(seen);
    else if (seen instanceof Promise && !isKept) seen.catch(() => undefined);
  }

  untraceable(why: string): void {
    const { recorder, log, retains } = this.#settings;
    if (!this.#ended) recorder.untraceable(why);
    // What was not seen for certain may be what another action uses.
    if (retains) log.spoil(why);
  }

  wrote(path: string, by: string, at: string | undefined): void {
    const { recorder, host, strict } = this.#settings;
    const write: Write = { path, by, at };
    if (strict) this.#refuse(undeclaredWrite(write));
    if (!this.#ended) recorder.untraceable(whyUntraced(write));
    this.#written ??= new Set();
    if (this.#written.has(path)) return;
    this.#written.add(path);
    host.wrote(path);
  }

  scratched(path: string, by: string, at: () => string | undefined): void {
    if (this.#ended) return;
    this.#scratched ??= new Map();
    if (!this.#scratched.has(path)) this.#scratched.set(path, { path, by, at });
  }

  /** What it made in the folder for temporary files, which all actions of its process share. */
  get left(): Iterable<LeftBehind> {
    return this.#scratched?.values() ?? [];
  }

  impure(impurity: Impurity): void {
    const { recorder, log, retains, strict } = this.#settings;
    if (retains) log.impure(impurity);
    if (this.#ended) return;
    recorder.impure(impurity);
    if (strict) this.#refuse(impureUnderStrict(impurity));
  }

  knows(kind: Impurity['kind'], what: string): boolean {
    const { recorder, retains } = this.#settings;
    return (this.#ended && !retains) || recorder.knows(kind, what);
  }

  /**
   * What is given back from a record can be kept like anything else, and so can what it was made
   * of: by then it is in the log (O3).
   */
  inherit(observed: Observed): void {
    const { recorder, log, retains } = this.#settings;
    if (this.#ended) return;
    recorder.inherit(observed);
    for (const impurity of observed.impurities) this.impure(impurity);
    if (!retains) return;
    for (const seen of observed.waves.flat()) {
      if (seen.kind === 'call' || seen.kind === 'map') log.called(seen);
      else log.observe(seen);
    }
    const lacking = observed.log === null ? undefined : log.lacking([observed.log]);
    const why = observed.untraceable ?? lacking;
    if (why !== undefined) log.spoil(why);
  }

  #refuse(error: FailureError): never {
    this.#settings.raise(error);
    throw error;
  }
}
