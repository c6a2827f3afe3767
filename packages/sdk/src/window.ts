import type { MapOptions } from './map-options.ts';

/*
 * The items of a `map` on their way. What this file owns: which item starts when, and in which
 * order outcomes are handed over.
 * W1  At most `concurrency` items are in flight.
 * W2  While nobody collects all, no item starts more than `concurrency` ahead of the one that is
 *     to be handed over next: what is held is bounded by the concurrency.
 * W3  Outcomes are handed over in the order of the items, each once.
 * W4  After a failure, or `stop`, no item starts; the end is told once those in flight ended.
 * W5  The source is read by one reader, an item at a time, and closed if it is left early.
 */

export interface WindowSettings {
  readonly fn: (item: unknown) => Promise<unknown>;
  readonly items: Iterable<unknown> | AsyncIterable<unknown>;
  readonly options: Required<MapOptions>;
}

export type Handover = { readonly done: false; readonly value: unknown } | { readonly done: true };

/** What the reader of the source is at. */
type Reading = 'reading' | 'stopped' | 'read';

type Source = Iterator<unknown> | AsyncIterator<unknown>;

export class Window {
  private readonly settings: WindowSettings;
  /** Outcomes that wait to be handed over, by the item's place. */
  private readonly outcomes = new Map<number, PromiseSettledResult<unknown>>();
  private reading: Reading = 'reading';
  /** True while an asynchronous source is asked for its next item, which may take for ever. */
  private pulling = false;
  private closed = false;
  private started = 0;
  private inFlight = 0;
  private next = 0;
  private collecting = false;
  /** Of an item, or of the source, which no setting turns into an outcome. */
  private failure: { readonly error: unknown } | undefined;
  private changed = Promise.withResolvers<void>();

  constructor(settings: WindowSettings) {
    this.settings = settings;
  }

  /** An item, or the source, failed. */
  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** Reads and starts items until there are no more, or it was stopped. Never rejects. */
  async run(): Promise<void> {
    let source: Source | undefined;
    try {
      source = openSource(this.settings.items);
      await this.read(source);
      if (this.reading === 'stopped') await closeSource(source);
    } catch (error) {
      this.failure ??= { error };
      this.reading = 'read';
    }
    this.closed = true;
    this.tell();
  }

  /** Lifts W2 for who wants everything. */
  collectAll(): void {
    this.collecting = true;
    this.tell();
  }

  /** What is next in order; throws the error of the lowest item that failed (W3, W4). */
  async take(): Promise<Handover> {
    for (;;) {
      const outcome = this.outcomes.get(this.next);
      if (outcome !== undefined && this.isResult(outcome)) return this.handOver(outcome);
      if (this.ended) {
        if (outcome?.status === 'rejected') throw outcome.reason;
        if (this.failure !== undefined) throw this.failure.error;
        return { done: true };
      }
      await this.changed.promise;
    }
  }

  /** Resolves once nothing is in flight and nothing will start. */
  async end(): Promise<void> {
    while (!this.ended) await this.changed.promise;
  }

  /** No further item starts. Resolves once those in flight ended and the source is closed. */
  async stop(): Promise<void> {
    if (this.reading === 'reading') this.reading = 'stopped';
    this.tell();
    while (!this.ended || !(this.closed || this.pulling)) await this.changed.promise;
  }

  private get ended(): boolean {
    return this.reading !== 'reading' && this.inFlight === 0;
  }

  private isResult(outcome: PromiseSettledResult<unknown>): boolean {
    return outcome.status === 'fulfilled' || this.settings.options.settled;
  }

  private handOver(outcome: PromiseSettledResult<unknown>): Handover {
    this.outcomes.delete(this.next);
    this.next += 1;
    this.tell();
    const plain = !this.settings.options.settled && outcome.status === 'fulfilled';
    return { done: false, value: plain ? outcome.value : outcome };
  }

  private async read(source: Source): Promise<void> {
    const isAsync = isAsyncIterable(this.settings.items);
    while (this.reading === 'reading') {
      if (!this.hasRoom()) {
        await this.changed.promise;
        continue;
      }
      this.pulling = isAsync;
      const step = await source.next();
      this.pulling = false;
      // It may have been stopped while the source was asked.
      if (!this.mayStart()) return;
      if (step.done === true) this.reading = 'read';
      else void this.start(step.value);
    }
  }

  private mayStart(): boolean {
    return this.reading === 'reading';
  }

  private hasRoom(): boolean {
    const { concurrency } = this.settings.options;
    if (this.inFlight >= concurrency) return false;
    return this.collecting || this.started < this.next + concurrency;
  }

  private async start(item: unknown): Promise<void> {
    const place = this.started;
    this.started += 1;
    this.inFlight += 1;
    const { fn, options } = this.settings;
    try {
      this.outcomes.set(place, { status: 'fulfilled', value: await fn(item) });
    } catch (reason) {
      this.outcomes.set(place, { status: 'rejected', reason });
      if (!options.settled) this.fail(reason);
    }
    this.inFlight -= 1;
    this.tell();
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    if (this.reading === 'reading') this.reading = 'stopped';
  }

  private tell(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }
}

export function isAsyncIterable(items: unknown): items is AsyncIterable<unknown> {
  return typeof items === 'object' && items !== null && Symbol.asyncIterator in items;
}

function openSource(items: Iterable<unknown> | AsyncIterable<unknown>): Source {
  return isAsyncIterable(items) ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

/** As `for await` does when its body throws: the source may clean up, its troubles do not count. */
async function closeSource(source: Source): Promise<void> {
  try {
    await source.return?.();
  } catch {
    return;
  }
}
