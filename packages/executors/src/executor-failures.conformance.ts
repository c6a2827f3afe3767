import { expect, test } from 'vitest';
import type { FakeEngine } from '../test/engine.ts';

type Engines = () => FakeEngine;

/** A test runner that maps stacks itself leaves those of inline actions as they are. */
const PLACE = /\b(?:src\/main\.ts|bundle\.mjs):\d+:\d+/;

/** What a task throws, and what it would do to its process. */
export function failures(engine: Engines): void {
  test('X7: an error crosses three levels whole, by class, fields and cause', async () => {
    expect(await engine().run('catching')).toEqual({
      isParseError: true,
      isError: true,
      name: 'ParseError',
      message: 'line 3',
      line: 3,
      cause: 'TypeError: inner',
    });
  });

  test('X7: its stack names the sources of child and callers', async () => {
    const stack = String(await engine().run('stackOf'));
    const lines = stack.split('\n').map((line) => line.replace(PLACE, 'PLACE'));
    expect(lines).toEqual([
      'ParseError: line 3',
      expect.stringMatching(/^ {4}at (?:<anonymous> \(PLACE\)|PLACE)$/),
      '    at src/main.ts#parse (called from)',
      expect.stringMatching(/^ {4}at (?:<anonymous> \(PLACE\)|PLACE)$/),
      '    at src/main.ts#middle (called from)',
      expect.stringMatching(/^ {4}at (?:<anonymous> \(PLACE\)|PLACE)$/),
    ]);
  });

  test('X7: what is thrown need not be an error, and may hold several', async () => {
    expect(await engine().run('catchValue')).toEqual({ code: 7 });
    expect(await engine().run('catchAggregate')).toEqual(['RangeError: a', 'plain']);
  });

  test('T4: the digest of an error covers no stack', async () => {
    const digest = async (task: string): Promise<string> =>
      (await engine().ended(task)).outcome.digest;
    expect(await digest('failHere')).toBe(await digest('failThere'));
  });

  test('R6: an error that says it will not get better is marked', async () => {
    const { outcome } = await engine().ended('hopeless');
    expect(outcome).toMatchObject({ fault: 'author', unrecoverable: true });
  });

  test('O9: a task cannot move the process that others work in', async () => {
    await expect(engine().run('moving')).rejects.toThrow('process.chdir("..") was called');
  });

  test('R6: process.exit in a task is the error of its author', async () => {
    await expect(engine().run('exiting')).rejects.toThrow('process.exit(3) was called');
    await expect(engine().run('exitingCaught')).rejects.toThrow('process.exit(0) was called');
  });

  test('an error that nobody catches fails the action it came from', async () => {
    await expect(engine().run('unhandled')).rejects.toThrow('nobody waits');
    await expect(engine().run('thrownInTimer')).rejects.toThrow('in a timer');
  });

  test('an error that an action leaves behind harms nobody', async () => {
    const bench = engine();
    await Promise.all([bench.run('rejectLater'), bench.run('identity', 1)]);
    expect(await bench.run('echo', 'alive')).toBe('alive');
  });

  test('T4: who caught a fault of the system leaves no trace', async () => {
    const bench = engine();
    bench.faults.set('src/main.ts#double', 'timeout');
    expect((await bench.ended('catchingAny')).untraceable).toBe('a call ended by timeout');
  });
}

/** What belongs to one action alone (O9). */
export function separation(engine: Engines, count: number): void {
  test(`O9: ${count} actions at once do not mix`, async () => {
    const bench = engine();
    const runs = Array.from({ length: count }, (_, index) => bench.run('identity', index));
    const results = (await Promise.all(runs)) as { log: string; action: number }[];
    for (const [index, { log, action }] of results.entries()) {
      expect(log).toBe(`sub ${index}`);
      expect(bench.log.filter(({ text }) => text === `${action} says ${index}\n`)).toHaveLength(1);
    }
    expect(bench.log).toHaveLength(2 * count);
  });

  test('what an action prints is told with it, and indented by it alone', async () => {
    const bench = engine();
    await bench.run('printing');
    expect(bench.log.map(({ stream, text }) => `${stream} ${text}`)).toEqual([
      'stdout head\n',
      'stdout   { a: 1 }\n',
      'stderr   careful\n',
      'stdout   from the logger 1\n',
    ]);
  });

  test('X7: nothing that is thrown ends the process, however hostile', async () => {
    for (const how of ['code', 'proxy', 'message', 'constructor']) {
      const { kind } = (await engine().ended('hostile', how)).outcome;
      expect([how, kind]).toEqual([how, 'error']);
    }
  });

  test('a flood of output is cut, and says so', async () => {
    const bench = engine();
    await bench.run('flooding');
    const size = bench.log.reduce((sum, { text }) => sum + text.length, 0);
    expect(size).toBeLessThan(8 << 20);
    expect(bench.log.at(-1)?.text).toContain('bytes of output were cut here');
  });

  test('progress is told', async () => {
    const bench = engine();
    await bench.run('progressing');
    expect(bench.progress.at(-1)).toBe('1000/1000');
  });
}
