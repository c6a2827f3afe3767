import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Admission, type Grant } from './admit.ts';

const CAPACITY = {
  cpu: 2,
  memoryBytes: 100,
  gpus: ['0', '1'],
  diskBytes: 1_000,
  tokens: { github: 1 },
};

function admission(concurrency?: number): { admission: Admission; forced: () => number } {
  let forced = 0;
  const onForced = (): void => {
    forced += 1;
  };
  const made = new Admission({ capacity: CAPACITY, concurrency, onForced });
  return { admission: made, forced: () => forced };
}

describe('admission', () => {
  it('X2: a demand above the whole capacity fails before it is queued', () => {
    const { admission: gate } = admission();
    const checked = gate.check({ tokens: { github: 2 } });
    expect(checked.ok ? '' : checked.failure.code).toBe('exceeds-capacity');
    expect(gate.check({ cpu: 2 }).ok).toBe(true);
    const unknown = gate.check({ tokens: { unknown: 1 } });
    expect(unknown.ok ? '' : unknown.failure.headline).toBe(
      'a task asks for 1 of the token "unknown", and there is none: ' +
        'the configuration says under "tokens" how many there are',
    );
  });

  it('X2: a waiting caller gives back cpu, and its memory stays occupied', async () => {
    const { admission: gate } = admission();
    const caller = gate.tryAdmit({ cpu: 2, memoryBytes: 60 });
    expect(gate.tryAdmit({ cpu: 1 })).toBeUndefined();
    caller?.pause();
    const child = gate.tryAdmit({ cpu: 1 });
    expect(child).toBeDefined();
    expect(gate.tryAdmit({ memoryBytes: 50 })).toBeUndefined();
    const resumed = caller?.resume();
    expect(resumed).toBeInstanceOf(Promise);
    child?.release();
    await resumed;
    expect(gate.tryAdmit({ cpu: 1 })).toBeUndefined();
  });

  it('X2: where nothing runs and nothing fits, the oldest is admitted and told', async () => {
    const { admission: gate, forced } = admission();
    const caller = gate.tryAdmit({ memoryBytes: 80 });
    caller?.pause();
    const { granted } = gate.request({ memoryBytes: 80 });
    await granted;
    expect(forced()).toBe(1);
  });

  it('X2: without resources an action takes no token, however many wait', () => {
    const { admission: gate } = admission();
    gate.tryAdmit({ cpu: 2 });
    void gate.request({ cpu: 1 }).granted;
    expect(gate.tryAdmit({})).toBeDefined();
  });

  it('a withdrawn request takes nothing', async () => {
    const { admission: gate } = admission();
    const first = gate.tryAdmit({ cpu: 2 });
    const { withdraw } = gate.request({ cpu: 2 });
    const last = gate.request({ cpu: 1 });
    withdraw();
    first?.release();
    expect(await last.granted).toBeDefined();
  });

  it('X2: capacity is never exceeded, and everyone is admitted in the end', async () => {
    const demands = fc.array(fc.record({ cpu: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(demands, async (list) => {
        const { admission: gate, forced } = admission();
        let used = 0;
        let peak = 0;
        const work = async ({ cpu }: { cpu: number }): Promise<void> => {
          const grant: Grant = gate.tryAdmit({ cpu }) ?? (await gate.request({ cpu }).granted);
          used += cpu;
          peak = Math.max(peak, used);
          await Promise.resolve();
          used -= cpu;
          grant.release();
        };
        await Promise.all(list.map(work));
        expect(peak).toBeLessThanOrEqual(CAPACITY.cpu);
        expect(forced()).toBe(0);
      }),
    );
  });
});
