import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Admission, type Grant } from './admit.ts';

const CAPACITY = {
  cpu: 2,
  memoryBytes: 100,
  gpus: ['0', '1', 'GPU-x'],
  diskBytes: 50,
  tokens: { github: 2 },
};
const CONCURRENCY = 5;

const wishes = fc.record({
  cpu: fc.constantFrom(0, 0.1, 0.3, 1, 2),
  memoryBytes: fc.integer({ min: 0, max: 100 }),
  gpu: fc.integer({ min: 0, max: 3 }),
  diskBytes: fc.integer({ min: 0, max: 50 }),
  tokens: fc.record({ github: fc.integer({ min: 0, max: 2 }) }),
});
type Wish = Parameters<Parameters<typeof wishes.map>[0]>[0];

const steps = fc.oneof(
  wishes.map((wish) => ({ kind: 'start' as const, wish })),
  fc.record({
    kind: fc.constantFrom('pause' as const, 'resume' as const, 'release' as const),
    which: fc.nat(20),
  }),
);

interface Held {
  readonly wish: Wish;
  grant: Grant | undefined;
  state: 'waiting' | 'running' | 'paused' | 'resuming' | 'released';
  resumed: boolean;
}

/** What a person with pencil and paper would count. */
class Ledger {
  readonly held: Held[] = [];
  readonly admission: Admission;
  readonly problems: string[] = [];
  forced = 0;

  constructor() {
    this.admission = new Admission({
      capacity: CAPACITY,
      concurrency: CONCURRENCY,
      onForced: () => {
        this.forced += 1;
        if (this.#running() > 0) this.problems.push('A4: forced while something ran');
      },
    });
  }

  start(wish: Wish): void {
    const held: Held = { wish, grant: undefined, state: 'waiting', resumed: false };
    this.held.push(held);
    const now = this.admission.tryAdmit(wish);
    if (now !== undefined) this.#granted(held, now);
    else void this.admission.request(wish).granted.then((grant) => this.#granted(held, grant));
  }

  pause(held: Held): void {
    if (held.state !== 'running') return;
    held.state = 'paused';
    held.grant?.pause();
  }

  resume(held: Held): void {
    if (held.state !== 'paused') return;
    held.state = 'resuming';
    const resumed = held.grant?.resume();
    const goOn = (): void => {
      if (held.state === 'resuming') held.state = 'running';
    };
    if (resumed === undefined) goOn();
    else void resumed.then(goOn);
  }

  release(held: Held): void {
    if (held.state === 'waiting' || held.state === 'released') return;
    held.state = 'released';
    held.grant?.release();
  }

  /** A1, A2 and A5, as long as nothing was forced. */
  check(): void {
    if (this.forced > 0) return;
    const running = this.held.filter((it) => it.state === 'running');
    const there = this.held.filter((it) => it.state !== 'waiting' && it.state !== 'released');
    const sum = (list: readonly Held[], of: (wish: Wish) => number): number =>
      list.reduce((total, { wish }) => total + of(wish), 0);
    const devices = there.flatMap((it) => it.grant?.devices ?? []);
    const used: readonly (readonly [name: string, used: number, whole: number])[] = [
      ['running', running.length, CONCURRENCY],
      ['cpu', sum(running, ({ cpu }) => Math.round(cpu * 10)), 20],
      ['memory', sum(there, ({ memoryBytes }) => memoryBytes), 100],
      ['disk', sum(there, ({ diskBytes }) => diskBytes), 50],
      ['token', sum(there, ({ tokens }) => tokens.github), 2],
      ['gpu', devices.length, new Set(devices).size],
    ];
    for (const [name, amount, whole] of used) {
      if (amount > whole) this.problems.push(`${name}: ${amount} of ${whole}`);
    }
  }

  #granted(held: Held, grant: Grant): void {
    held.grant = grant;
    held.state = 'running';
    const { length } = grant.devices;
    if (length !== held.wish.gpu) this.problems.push(`${length} gpus for ${held.wish.gpu}`);
  }

  #running(): number {
    return this.held.filter((it) => it.state === 'running').length;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('X2: whatever is asked, paused and resumed, nothing is given twice, and all end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (list) => {
      const ledger = new Ledger();
      for (const step of list) {
        if (step.kind === 'start') ledger.start(step.wish);
        else {
          const held = ledger.held[step.which % Math.max(1, ledger.held.length)];
          if (held !== undefined) ledger[step.kind](held);
        }
        await settled();
        ledger.check();
        expect(ledger.problems).toEqual([]);
      }
      for (let left = ledger.held.length; left > 0; left -= 1) {
        for (const held of ledger.held) ledger.resume(held);
        await settled();
        for (const held of ledger.held) ledger.release(held);
        await settled();
      }
      expect(ledger.held.filter((it) => it.state !== 'released')).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('X2: 64 nested callers, each with half of the memory, come to an end', async () => {
  const ledger = { forced: 0 };
  const admission = new Admission({
    capacity: CAPACITY,
    concurrency: undefined,
    onForced: () => {
      ledger.forced += 1;
    },
  });
  const wish = { cpu: 1, memoryBytes: 50 };
  const nested = async (depth: number): Promise<number> => {
    const grant = admission.tryAdmit(wish) ?? (await admission.request(wish).granted);
    grant.pause();
    const below = depth === 1 ? 0 : await nested(depth - 1);
    await grant.resume();
    grant.release();
    return below + 1;
  };
  expect(await Promise.all([nested(64), nested(64)])).toEqual([64, 64]);
  expect(ledger.forced).toBeGreaterThan(0);
});

test('what was granted in the moment in which it is withdrawn is given back', async () => {
  const admission = new Admission({
    capacity: CAPACITY,
    concurrency: undefined,
    onForced: () => undefined,
  });
  const first = admission.tryAdmit({ memoryBytes: 100, gpu: 3 });
  const { withdraw } = admission.request({ memoryBytes: 100, gpu: 3 });
  first?.release();
  withdraw();
  expect(admission.tryAdmit({ memoryBytes: 100, gpu: 3 })?.devices).toEqual(['0', '1', 'GPU-x']);
});
