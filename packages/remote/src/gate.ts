import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Clock, Failure } from '@skein/model';
import { SharedStoreError } from '@skein/store';

/** What a request is for: look-ups end earlier than everything else does. */
export type Purpose = 'look-up' | 'share';

export interface GateOptions {
  readonly address: string;
  readonly clock: Clock;
  readonly warn: (warning: Failure) => void;
  readonly debug: (line: string) => void;
}

/** So many requests in a row fail before nothing is asked any more (D7). */
const FAILURES = 3;

/**
 * Every request goes through here. G1: nothing rejects; what fails is `undefined`. G2: after
 * `FAILURES` in a row, or where the token is not accepted, nothing is asked for the rest of the
 * run. G3: there is one warning in a run, whatever goes wrong. G4: what is turned off is given up
 * at once, and that is no failure.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #controllers = { 'look-up': new AbortController(), share: new AbortController() };
  #failures = 0;
  #firstAt: number | undefined;
  #off: string | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Why it is off, for look-ups at least. */
  get off(): string | undefined {
    return this.#off;
  }

  isOff(purpose: Purpose): boolean {
    return this.#controllers[purpose].signal.aborted;
  }

  /** Given when nothing of this purpose is asked any more. */
  signalOf(purpose: Purpose): AbortSignal {
    return this.#controllers[purpose].signal;
  }

  async ask<T>(
    purpose: Purpose,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    const { signal } = this.#controllers[purpose];
    if (signal.aborted) return undefined;
    try {
      const answer = await work(signal);
      this.#succeeded();
      return answer;
    } catch (error) {
      this.#failed(purpose, error);
      return undefined;
    }
  }

  /**
   * A body that is read after it was asked for: how it ends counts like an answer. `passed` is told
   * how many bytes of it have come.
   */
  watch(purpose: Purpose, body: Readable, passed: (bytes: number) => void): Readable {
    const watched = new Transform({
      transform: (piece: Uint8Array, _encoding, done) => {
        passed(piece.byteLength);
        done(null, piece);
      },
    });
    body.on('error', (error) => {
      this.#failed(purpose, error);
      watched.destroy(error);
    });
    body.once('end', () => this.#succeeded());
    const { signal } = this.#controllers[purpose];
    const abort = (): void => {
      watched.destroy(new SharedStoreError('timeout', 'the body was given up'));
    };
    signal.addEventListener('abort', abort);
    watched.once('close', () => {
      signal.removeEventListener('abort', abort);
      body.destroy();
    });
    watched.on('error', () => undefined);
    return body.pipe(watched);
  }

  /** Look-ups end: they cost more than they can save. */
  endLookUps(why: string): void {
    if (this.isOff('look-up')) return;
    this.#tell(why, 'results are still shared, if the end of the run can wait for it');
    this.#controllers['look-up'].abort();
  }

  /** Everything ends, and nobody is told. */
  close(): void {
    this.#controllers['look-up'].abort();
    this.#controllers.share.abort();
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#firstAt = undefined;
  }

  #failed(purpose: Purpose, error: unknown): void {
    if (this.isOff(purpose)) return;
    const trouble = error instanceof SharedStoreError ? error.trouble : 'unreachable';
    const said = error instanceof Error ? error.message : String(error);
    this.#options.debug(`remote: ${trouble}: ${said}`);
    // One thing was not taken: that says nothing of the next one.
    if (trouble === 'refused' || trouble === 'full') return;
    this.#failures += 1;
    this.#firstAt ??= this.#options.clock.now();
    if (trouble !== 'unauthorised' && this.#failures < FAILURES) return;
    const hint =
      trouble === 'unauthorised' || trouble === 'forbidden'
        ? 'look at SKEIN_REMOTE_TOKEN: the token may have been revoked'
        : 'the run goes on without it: what is missing is executed';
    this.#tell(said, hint);
    this.close();
  }

  #tell(why: string, hint: string): void {
    const isFirst = this.#off === undefined;
    this.#off ??= why;
    if (!isFirst) return;
    const since = new Date(this.#firstAt ?? this.#options.clock.now()).toISOString();
    this.#options.warn({
      code: 'remote-off',
      kind: 'warning',
      headline: 'the remote cache is off for the rest of the run',
      facts: [
        ['remote', `"${this.#options.address}"`],
        ['because', why],
        ['since', since],
      ],
      hint,
    });
  }
}
