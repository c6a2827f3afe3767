import fc from 'fast-check';
import { expect, test } from 'vitest';
import { map } from './map.ts';

/** What each item does: how many turns it takes, and whether it then fails. */
const itemsOf = fc.array(fc.record({ turns: fc.nat(6), fails: fc.boolean() }), { maxLength: 40 });
const calm = fc.array(fc.record({ turns: fc.nat(6), fails: fc.constant(false) }), {
  maxLength: 40,
});

interface Item {
  readonly turns: number;
  readonly fails: boolean;
}

interface Watched {
  most: number;
  inFlight: number;
  readonly started: number[];
}

function watch(items: readonly Item[]) {
  const watched: Watched = { most: 0, inFlight: 0, started: [] };
  const fn = async (place: number): Promise<number> => {
    const item = items[place];
    watched.started.push(place);
    watched.inFlight += 1;
    watched.most = Math.max(watched.most, watched.inFlight);
    for (let turn = 0; turn < (item?.turns ?? 0); turn += 1) await Promise.resolve();
    watched.inFlight -= 1;
    if (item?.fails === true) throw new RangeError(String(place));
    return place * 10;
  };
  return { watched, fn, places: items.map((_, place) => place) };
}

function sourceOf(
  places: number[],
  asynchronous: boolean,
): Iterable<number> | AsyncIterable<number> {
  if (!asynchronous) return places;
  return (async function* () {
    yield* places;
  })();
}

test('X6: results come in the order of the items, and the bound is never passed', async () => {
  const property = fc.asyncProperty(
    calm,
    fc.integer({ min: 1, max: 8 }),
    fc.boolean(),
    fc.boolean(),
    async (items, concurrency, asynchronous, iterated) => {
      const { watched, fn, places } = watch(items);
      const mapped = map(fn, sourceOf(places, asynchronous), { concurrency });
      const rows = iterated ? await Array.fromAsync(mapped) : await mapped;
      expect(rows).toEqual(places.map((place) => place * 10));
      expect(watched.started).toEqual(places);
      expect(watched.most).toBeLessThanOrEqual(concurrency);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

test('X6: it rejects with the error of the lowest index once all in flight ended', async () => {
  const property = fc.asyncProperty(
    itemsOf,
    fc.integer({ min: 1, max: 8 }),
    fc.boolean(),
    async (items, concurrency, iterated) => {
      const { watched, fn, places } = watch(items);
      const mapped = map(fn, places, { concurrency });
      const seen: number[] = [];
      const use = async (): Promise<void> => {
        if (iterated) for await (const row of mapped) seen.push(row);
        else seen.push(...(await mapped));
      };
      const error: unknown = await use().catch((thrown: unknown) => thrown);
      const lowest = items.findIndex(({ fails }) => fails);
      expect(watched.inFlight).toBe(0);
      expect(watched.most).toBeLessThanOrEqual(concurrency);
      expect(watched.started).toEqual(places.slice(0, watched.started.length));
      if (lowest < 0) {
        expect(error).toBeUndefined();
        expect(seen.length).toBe(items.length);
      } else {
        expect(error).toEqual(new RangeError(String(lowest)));
        expect(seen).toEqual(iterated ? places.slice(0, lowest).map((n) => n * 10) : []);
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('X6: iterated, no item starts more than `concurrency` ahead', async () => {
  const property = fc.asyncProperty(
    calm,
    fc.integer({ min: 1, max: 8 }),
    async (items, concurrency) => {
      const { watched, fn, places } = watch(items);
      let handedOver = 0;
      for await (const row of map(fn, places, { concurrency })) {
        expect(row).toBe(handedOver * 10);
        expect(watched.started.length).toBeLessThanOrEqual(handedOver + 1 + concurrency);
        handedOver += 1;
      }
      expect(handedOver).toBe(items.length);
    },
  );
  await fc.assert(property, { numRuns: 100 });
});

test('X6: settled gives an outcome for every item in order', async () => {
  const property = fc.asyncProperty(itemsOf, fc.integer({ min: 1, max: 8 }), async (items, n) => {
    const { fn, places } = watch(items);
    const outcomes = await map(fn, places, { concurrency: n, settled: true });
    expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(
      items.map(({ fails }) => fails),
    );
  });
  await fc.assert(property, { numRuns: 100 });
});
