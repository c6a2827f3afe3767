import { expect, test } from 'vitest';
import { checkOptions } from './check-options.ts';

/** What JavaScript, or a cast, may hand over. */
function refusal(options: Readonly<Record<string, unknown>>): string | undefined {
  const checked = checkOptions(options);
  return checked.ok ? undefined : `${checked.failure.code}: ${checked.failure.headline}`;
}

test('options that fit, and those that are left out, are taken as they are', () => {
  const { signal } = new AbortController();
  const options = { state: 's', executor: 'inline', concurrency: 1, force: false, signal } as const;
  expect(checkOptions(options)).toEqual({ ok: true, value: options });
  expect(refusal({ forceTasks: ['main'], readOnly: true, strict: true })).toBe(undefined);
  expect(refusal({ labels: { a: 'b' }, onEvent: () => undefined, force: undefined })).toBe(
    undefined,
  );
});

test('options that are no object are refused', () => {
  for (const options of [null, 3, 'force', ['force']]) {
    const checked = checkOptions(options as never);
    expect(checked.ok ? undefined : checked.failure.headline).toBe(
      'the options of run are no object',
    );
  }
});

test('a setting that cannot be honoured is refused, never passed over', () => {
  const wrong = [
    { executor: 'docker' },
    { concurrency: 0 },
    { concurrency: Number.NaN },
    { concurrency: '4' },
    { labels: { a: 1 } },
    { labels: null },
    { signal: {} },
    { state: '' },
    { force: 1 },
    { forceTasks: 'main' },
    { forceTasks: [1] },
    { readOnly: 'yes' },
    { strict: null },
    { resume: true },
    { resume: '' },
    { edited: 'reuse' },
  ];
  for (const options of wrong) {
    const [name = ''] = Object.keys(options);
    expect(refusal(options)).toBe(`option-invalid: the option "${name}" of run does not fit`);
  }
  expect(refusal({ edited: 'adopt' })).toBe(
    'option-invalid: the option "edited" of run does not fit',
  );
  expect(refusal({ resume: 'last', edited: 'adopt' })).toBeUndefined();
  expect(refusal({ rerun: 'last' })).toBe(`option-invalid: run has no option "rerun"`);
  expect(refusal({ toString: 1 })).toBe(`option-invalid: run has no option "toString"`);
});
