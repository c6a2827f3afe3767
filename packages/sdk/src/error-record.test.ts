import type { ErrorRecord, ThrownRecord } from '@skein/model';
import { FailureError } from '@skein/model';
import { EncodingError } from '@skein/values';
import { describe, expect, test } from 'vitest';
import { decodeThrown, encodeThrown, recordError } from './error-record.ts';
import {
  CancelledError,
  NonRecoverableError,
  OutOfDiskError,
  OutOfMemoryError,
  TimeoutError,
  WorkerLostError,
} from './errors.ts';
import { createRegistry } from './registry.ts';
import { reviveError } from './revive-error.ts';

class ParseError extends Error {
  readonly line: number;
  constructor(message: string, line: number, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}
class DeepParseError extends ParseError {}

const registry = createRegistry();
registry.register('src/parse.ts', { ParseError: () => ParseError });

/** Thrown in one process, caught in another. */
function across(thrown: unknown, sender = registry, receiver = registry): unknown {
  const { bytes } = encodeThrown(recordError(thrown, sender));
  return reviveError(decodeThrown(bytes), receiver);
}

function errorIn(record: ThrownRecord): ErrorRecord {
  if (record.kind !== 'error') throw new Error('no error was recorded');
  return record.error;
}

describe('X7: errors cross whole', () => {
  test("the author's class by identity, message and own fields", () => {
    const revived = across(new ParseError('no end tag', 7));
    expect(revived).toBeInstanceOf(ParseError);
    expect(revived).toMatchObject({ message: 'no end tag', line: 7 });
    expect(Object.keys(revived as object)).toEqual(['line']);
    expect((revived as Error).stack).toContain('no end tag');
    expect(errorIn(recordError(revived, registry))).toMatchObject({
      class: 'src/parse.ts#ParseError',
      name: 'ParseError',
    });
  });

  test('an unknown subclass is the nearest class that is known, under its own name', () => {
    const revived = across(new DeepParseError('deep', 1));
    expect(revived).toBeInstanceOf(ParseError);
    expect(revived).not.toBeInstanceOf(DeepParseError);
    expect((revived as Error).name).toBe('DeepParseError');
    const plain = across(new DeepParseError('deep', 1), registry, createRegistry());
    expect(plain).toMatchObject({ name: 'DeepParseError', message: 'deep', line: 1 });
    expect(Object.getPrototypeOf(plain)).toBe(Error.prototype);
    const local = class extends RangeError {};
    expect(across(new local('r'))).toBeInstanceOf(RangeError);
  });

  test('built-in classes, DOMException and its name included', () => {
    expect(across(new TypeError('t'))).toEqual(new TypeError('t'));
    expect(across(new SuppressedError(1, 2, 's'))).toBeInstanceOf(SuppressedError);
    const aborted = across(new DOMException('stop', 'AbortError')) as DOMException;
    expect(aborted).toBeInstanceOf(DOMException);
    expect([aborted.name, aborted.message, aborted.code]).toEqual(['AbortError', 'stop', 20]);
  });

  test('the errors of the SDK', () => {
    const errors = [
      new OutOfMemoryError('m'),
      new OutOfDiskError('d'),
      new CancelledError('c'),
      new WorkerLostError('w'),
      new NonRecoverableError('n'),
    ];
    for (const error of errors) {
      const revived = across(error) as Error;
      expect(revived).toBeInstanceOf(error.constructor);
      expect([revived.name, revived.message]).toEqual([error.constructor.name, error.message]);
      expect(Object.keys(revived)).toEqual([]);
    }
    expect(across(new TimeoutError('deadline'))).toMatchObject({ bound: 'deadline' });
    expect(across(new EncodingError('result.a', 'a promise'))).toMatchObject({ path: 'result.a' });
    const failure = { code: 'usage', kind: 'usage', headline: 'h', facts: [] } as const;
    expect(across(new FailureError(failure))).toMatchObject({ failure });
    expect(errorIn(recordError(errors[0], registry)).class).toBe('skein#OutOfMemoryError');
  });

  test('the cause, and the members of an AggregateError', () => {
    const cause = new ParseError('inner', 3, { cause: 'the root' });
    const revived = across(new AggregateError([new RangeError('one'), 'two'], 'all', { cause }));
    const { cause: inner, errors } = revived as AggregateError;
    expect(inner).toBeInstanceOf(ParseError);
    expect((inner as Error).cause).toBe('the root');
    expect(errors).toEqual([new RangeError('one'), 'two']);
    expect(Object.keys(revived as object)).toEqual([]);
    expect(across(new Error('x', { cause: undefined }))).toHaveProperty('cause', undefined);
    expect(across(new Error('x'))).not.toHaveProperty('cause');
  });

  test('what is thrown need not be an error', () => {
    for (const thrown of ['text', 0, null, undefined, { code: 7 }, [1, new Map([[1, 2n]])]]) {
      expect(across(thrown)).toEqual(thrown);
    }
  });

  test('what cannot be encoded leaves a text in its place', () => {
    const error = Object.assign(new Error('e'), {
      retry: () => 1,
      request: { id: 1 },
      key: Symbol('k'),
    });
    Object.defineProperty(error, 'broken', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(across(error)).toMatchObject({
      retry: expect.stringMatching(/^\[not kept: .*function/),
      request: { id: 1 },
      key: expect.stringContaining('[not kept: '),
      broken: '[not kept: reading it throws]',
    });
    expect(across(() => 1)).toEqual(expect.stringContaining('[not kept: '));
  });

  test('circular and endless chains are cut, long lists are shortened, and say so', () => {
    const circular = new Error('a');
    circular.cause = new Error('b', { cause: circular });
    const revived = across(circular) as Error;
    expect((revived.cause as Error).cause).toBe('[not kept: the chain is circular]');
    let deep = new Error('0');
    for (let n = 1; n < 100; n += 1) deep = new Error(String(n), { cause: deep });
    let depth = 0;
    let end: unknown = across(deep);
    for (; end instanceof Error; end = end.cause) depth += 1;
    expect([depth, end]).toEqual([16, '[not kept: the chain goes on]']);
    const many = across(
      new AggregateError(Array.from({ length: 150 }, (_, n) => new Error(`${n}`))),
    );
    expect((many as AggregateError).errors.length).toBe(101);
    expect((many as AggregateError).errors.at(-1)).toBe('[not kept: 50 more]');
  });

  test('a field named __proto__ is a field', () => {
    const error = new Error('e');
    Object.defineProperty(error, '__proto__', { value: { x: 1 }, enumerable: true });
    const revived = across(error);
    expect(Object.getPrototypeOf(revived)).toBe(Error.prototype);
    expect(Object.getOwnPropertyDescriptor(revived, '__proto__')?.value).toEqual({ x: 1 });
  });

  test('stacks join: the lines of the child, the call, the lines of the caller', () => {
    const error = new Error('e');
    error.stack = [
      'Error: e',
      '    at parse (/w/src/parse.ts:3:9)',
      '    at Array.map (<anonymous>)',
      '    at async node:internal/process/task_queues:105:5',
    ].join('\n');
    const child = recordError(error, registry);
    const caller = ['Error', '    at main (/w/src/main.ts:8:3)', '    at node:internal/x:1:1'];
    const site = { task: 'src/parse.ts#parse', stack: caller.join('\n') };
    const joined = reviveError(child, registry, site) as Error;
    const lines = [
      'Error: e',
      '    at parse (/w/src/parse.ts:3:9)',
      '    at src/parse.ts#parse (called from)',
      '    at main (/w/src/main.ts:8:3)',
    ];
    expect(joined.stack?.split('\n')).toEqual(lines);
    const above = recordError(joined, registry);
    const site2 = { task: 'src/main.ts#main', stack: 'Error\n    at /w/src/top.ts:1:1' };
    expect((reviveError(above, registry, site2) as Error).stack?.split('\n')).toEqual([
      ...lines,
      '    at src/main.ts#main (called from)',
      '    at /w/src/top.ts:1:1',
    ]);
  });
});

describe('T4: the digest of an outcome', () => {
  const digest = (error: unknown) => encodeThrown(recordError(error, registry)).digest;
  const at = (line: number, error: Error): Error => {
    error.stack = `Error: e\n    at x (/w/a.ts:${line}:1)`;
    return error;
  };

  test('covers no stack, of causes and members neither', () => {
    const whole = (line: number) =>
      at(
        line,
        new AggregateError([at(line, new Error('m'))], 'e', { cause: at(line, new Error('c')) }),
      );
    expect(digest(whole(1))).toBe(digest(whole(2)));
  });

  test('covers class, message, fields and cause', () => {
    const errors = [
      new Error('a'),
      new Error('b'),
      new TypeError('a'),
      Object.assign(new Error('a'), { code: 1 }),
      new Error('a', { cause: 1 }),
      new AggregateError([], 'a'),
      'a',
    ];
    expect(new Set(errors.map(digest)).size).toBe(errors.length);
  });
});
