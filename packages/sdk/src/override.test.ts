import { encode } from '@skein/values';
import { expect, test } from 'vitest';
import { DEFAULT_OPTIONS } from './options.ts';
import { applyOverride, encodeOverride, mergeOverride, parseOverride } from './override.ts';
import type { OverrideInput } from './option-input.ts';

const bytesOf = (input: OverrideInput) => encodeOverride(parseOverride(input, 'o'));

test('what was encoded is applied option by option', () => {
  const bytes = bytesOf({ resources: { memory: '8Gi' }, retries: 2 }) ?? new Uint8Array();
  expect(applyOverride({ ...DEFAULT_OPTIONS, title: 'kept' }, bytes)).toEqual({
    ok: true,
    value: {
      ...DEFAULT_OPTIONS,
      title: 'kept',
      resources: { memoryBytes: 2 ** 33 },
      retries: { count: 2, backoff: DEFAULT_OPTIONS.retries.backoff },
    },
  });
});

test('equal overrides are equal bytes, in whatever order and however they came about', () => {
  const whole = bytesOf({ title: 'a', retries: 1, labels: { x: '1', y: '2' } });
  expect(bytesOf({ labels: { y: '2', x: '1' }, retries: 1, title: 'a' })).toEqual(whole);
  const first = parseOverride({ title: 'a', retries: 7 }, 'o');
  const second = parseOverride({ labels: { x: '1', y: '2' }, retries: 1 }, 'o');
  expect(encodeOverride(mergeOverride(first, second))).toEqual(whole);
});

test('the signal stays behind, and an override of nothing else is none', () => {
  const { signal } = new AbortController();
  expect(bytesOf({ signal })).toBeUndefined();
  expect(bytesOf({ signal, retries: 1 })).toEqual(bytesOf({ retries: 1 }));
  expect(parseOverride({ signal }, 'o').signal).toBe(signal);
  expect(encodeOverride(undefined)).toBeUndefined();
});

test('a signal that is none is refused', () => {
  const wrong = { signal: true } as unknown as OverrideInput;
  expect(() => parseOverride(wrong, 'an override')).toThrow(
    "option 'signal' of an override: given true, wanted an AbortSignal",
  );
});

test('bytes that hold no override are a failure', () => {
  for (const bytes of [new Uint8Array([0xff]), encode(3), encode({ unknown: 1 })]) {
    expect(applyOverride(DEFAULT_OPTIONS, bytes)).toMatchObject({
      ok: false,
      failure: { code: 'option-invalid' },
    });
  }
});
