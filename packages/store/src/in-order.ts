/**
 * What `work` makes of the items, in their order; at most `concurrency` are begun and not given.
 * Where one fails, or whoever reads goes away, those that were begun end unheard.
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const begun: Promise<R>[] = [];
  for await (const item of items) {
    const one = work(item);
    // It is heard when its turn comes.
    one.catch(() => undefined);
    begun.push(one);
    const first = begun.length < concurrency ? undefined : begun.shift();
    if (first !== undefined) yield await first;
  }
  for (const one of begun) yield await one;
}
