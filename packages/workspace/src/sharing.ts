import type { Clock, Failure, RemoteUse } from '@skein/model';
import type { RunEnd } from '@skein/engine';
import type { StartRequest } from './contract.ts';
import type { RunRemote } from './run-remote.ts';

/** Whoever cancels does not want to wait for long: what is left is shared another time. */
const AFTER_CANCEL_MS = 15_000;

/**
 * What a run shares once it has ended. Its record is complete by then, and neither result nor exit
 * code depend on what becomes of this (D7).
 */
export class Sharing {
  readonly #remote: RunRemote;
  readonly #request: Pick<StartRequest, 'onEvent' | 'onSharing'>;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #isOpen = false;

  constructor(
    remote: RunRemote,
    request: Pick<StartRequest, 'onEvent' | 'onSharing'>,
    clock: Clock,
  ) {
    this.#remote = remote;
    this.#request = request;
    this.#clock = clock;
  }

  /** True where the remote was needed at all. */
  get wasUsed(): boolean {
    return this.#remote.wasUsed;
  }

  /** Nothing more is shared. False: it did not begin yet, so that it is the run that is meant. */
  stop(): boolean {
    if (this.#isOpen) this.#stop.abort();
    return this.#isOpen;
  }

  /** Shares what is left, also of a run that failed: what it finished is as good as any. */
  async settle(status: RunEnd['status']): Promise<RemoteUse> {
    this.#isOpen = true;
    // The run's record is closed: these are told, and not recorded.
    this.#remote.onWarning((warning) => this.#tell(warning));
    const { onSharing } = this.#request;
    const signals = [this.#stop.signal];
    if (status === 'cancelled') signals.push(AbortSignal.timeout(AFTER_CANCEL_MS));
    return await this.#remote.settle({
      ...(onSharing === undefined ? {} : { progress: onSharing }),
      signal: AbortSignal.any(signals),
    });
  }

  #tell(warning: Failure): void {
    this.#request.onEvent?.({ kind: 'run-warned', at: this.#clock.now(), warning });
  }
}
