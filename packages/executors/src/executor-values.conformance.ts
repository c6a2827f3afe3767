import { expect, test } from 'vitest';
import type { FakeEngine } from '../test/engine.ts';

type Engines = () => FakeEngine;

/** Values cross as copies, by V1–V6. */
export function values(engine: Engines): void {
  test('Q1: loading reports the tasks with parameters and options', async () => {
    const table = await engine().table();
    const row = table.get('src/main.ts#defaults' as never);
    expect(row).toMatchObject({ environment: 'test', parameters: ['a', 'b', 'c'], rest: false });
    expect(table.get('src/main.ts#declared' as never)?.options.variables).toEqual({
      MODE: { kind: 'inherit' },
      GONE: { kind: 'inherit' },
    });
  });

  test('V1: values arrive as they were sent', async () => {
    const value = { b: [1, -0, 2n, undefined], a: new Map([[new Date(5), new Set(['x'])]]) };
    expect(await engine().run('echo', value)).toEqual(value);
  });

  test('V4: arguments and results are copies', async () => {
    expect(await engine().run('copies')).toEqual({ sent: [1], got: [1, 2], same: false });
  });

  test('V5: surplus arguments are dropped, omitted ones take their default', async () => {
    expect(await engine().run('dropping')).toEqual([
      [1, 20, 30],
      [1, 2, 30],
      [1, 2, 3],
    ]);
  });

  test('V3: a task is a value', async () => {
    expect(await engine().run('taskAsValue')).toBe(42);
  });

  test('V2: a result that cannot be encoded is an encoding fault with its path', async () => {
    const { outcome } = await engine().ended('unencodable');
    expect(outcome).toMatchObject({ kind: 'error', fault: 'encoding' });
    await expect(engine().run('unencodable')).rejects.toMatchObject({ path: 'result.items[1].fn' });
  });

  test('V2: an argument that cannot be encoded rejects its call, which is not made', async () => {
    const bench = engine();
    expect(await bench.run('badArgument')).toBe('EncodingError argument 1.socket');
    expect(bench.results.size).toBe(1);
  });

  test('D3: a large result lies in an artifact, and its caller reads it', async () => {
    const bench = engine();
    expect(await bench.run('largeCaller', 200_000)).toBe(200_000);
    const [large] = bench.results.values();
    expect(large).toMatchObject({ outcome: { value: { at: 'artifact' } } });
  });
}
