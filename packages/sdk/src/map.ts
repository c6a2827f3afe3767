import type { ActionScope } from './host.ts';
import { currentScope } from './host.ts';
import { parseMapOptions } from './map-options.ts';
import type { MapOptions } from './map-options.ts';
import { arranged, isTask, overrideOf } from './task.ts';
import type { AnyTask } from './task.ts';
import { isAsyncIterable, Window } from './window.ts';

/** Results in the order of the items: awaited as an array, or iterated as they come. */
export interface Mapped<R> extends Promise<R[]>, AsyncIterable<R> {}

/** What an item gives under `settled`. */
export type MappedItem<R, S extends boolean> = S extends true ? PromiseSettledResult<R> : R;

/**
 * Calls a task, or any async function, with each item alone, at most `concurrency` (64) at a
 * time. It starts at once and runs at most `concurrency` ahead until it is consumed: awaited
 * (an array), or iterated (once; results are handed over, not kept). When an item fails no
 * further one starts, those in flight end, and it rejects with the error of the lowest index;
 * with `settled` nothing stops it and every outcome is given. Leaving the iteration early starts
 * nothing more and waits for those in flight. Throws `option-invalid`.
 *
 * Awaited at once, a task over an array or another synchronous iterable is one request and one
 * observation (T1): the iterable is read to its end first.
 */
export function map<T, R, S extends boolean = false>(
  fn: (item: T) => Promise<R>,
  items: Iterable<T> | AsyncIterable<T>,
  options: Omit<MapOptions, 'settled'> & { readonly settled?: S } = {},
): Mapped<MappedItem<R, S>> {
  if (typeof fn !== 'function') throw new TypeError('map needs a task or an async function');
  if (!isIterable(items)) throw new TypeError('map needs items: an iterable or an async iterable');
  const request: MapRequest = {
    fn: fn as (item: unknown) => Promise<unknown>,
    items,
    options: parseMapOptions(options),
    scope: currentScope(),
  };
  return new MappedItems(request) as unknown as Mapped<MappedItem<R, S>>;
}

interface MapRequest {
  readonly fn: (item: unknown) => Promise<unknown>;
  readonly items: Iterable<unknown> | AsyncIterable<unknown>;
  readonly options: Required<MapOptions>;
  readonly scope: ActionScope | undefined;
}

/** How it is consumed; the first use decides. */
type Use =
  /** Nobody asked for anything yet. */
  | 'none'
  /** The array was asked for: results are kept. */
  | 'awaited'
  /** Results are handed over one by one and not kept. */
  | 'iterated';

class MappedItems implements Mapped<unknown> {
  readonly [Symbol.toStringTag] = 'Promise';
  private readonly request: MapRequest;
  private readonly window: Window;
  private readonly results = Promise.withResolvers<unknown[]>();
  private use: Use = 'none';
  private started = false;

  constructor(request: MapRequest) {
    this.request = request;
    this.window = new Window(request);
    // `await` calls `then` one microtask after `map` returned: the start comes one later still,
    // when it is known whether the array was asked for at once.
    queueMicrotask(() => queueMicrotask(() => this.start()));
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  then<A = unknown[], B = never>(
    onfulfilled?: ((value: unknown[]) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.collected().then(onfulfilled, onrejected);
  }

  catch<B = never>(
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<unknown[] | B> {
    return this.collected().catch(onrejected);
  }

  finally(onfinally?: (() => void) | null): Promise<unknown[]> {
    return this.collected().finally(onfinally);
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    if (this.use === 'awaited') return this.iterateResults();
    if (this.use === 'iterated') throw new TypeError('a map can be iterated once');
    this.use = 'iterated';
    return this.handOver();
  }

  private collected(): Promise<unknown[]> {
    if (this.use === 'iterated') {
      const said = 'the results of this map were handed over one by one: no array is left';
      return Promise.reject(new TypeError(said));
    }
    if (this.use === 'none') {
      this.use = 'awaited';
      if (this.started) this.results.resolve(this.gather());
    }
    return this.results.promise;
  }

  private start(): void {
    this.started = true;
    const bulk = this.use === 'awaited' ? bulkOf(this.request) : undefined;
    if (bulk !== undefined) {
      this.results.resolve(bulk());
      return;
    }
    void this.window.run();
    if (this.use === 'awaited') this.results.resolve(this.gather());
    else void this.surface();
  }

  private async gather(): Promise<unknown[]> {
    this.window.collectAll();
    const kept: unknown[] = [];
    for (;;) {
      const handover = await this.window.take();
      if (handover.done) return kept;
      kept.push(handover.value);
    }
  }

  /** A failure that nobody asked about is an unhandled rejection, as of any promise. */
  private async surface(): Promise<void> {
    await this.window.end();
    if (this.use === 'none' && this.window.failed) void this.collected();
  }

  private async *iterateResults(): AsyncGenerator<unknown> {
    yield* await this.results.promise;
  }

  private async *handOver(): AsyncGenerator<unknown> {
    try {
      for (;;) {
        const handover = await this.window.take();
        if (handover.done) return;
        yield handover.value;
      }
    } finally {
      await this.window.stop();
    }
  }
}

/** The one request for all items, where T1 allows it. */
function bulkOf(request: MapRequest): (() => Promise<unknown[]>) | undefined {
  const { fn, items, options, scope } = request;
  if (scope === undefined || !isTask(fn) || isAsyncIterable(items)) return undefined;
  const task: AnyTask = fn;
  return async () => {
    const read = [...items].map((item) => arranged(task, [item])[0]);
    if (read.length === 0) return [];
    return await scope.map({ task, items: read, override: overrideOf(task), options });
  };
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value === 'string') return true;
  return (
    isAsyncIterable(value) ||
    (typeof value === 'object' && value !== null && Symbol.iterator in value)
  );
}
