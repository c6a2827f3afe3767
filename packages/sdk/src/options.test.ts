import { FailureError } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { DEFAULT_OPTIONS, mergeOptions, parseOptions } from './options.ts';

function factsOf(input: unknown): Record<string, string> {
  try {
    parseOptions(input, "environment 'main'");
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { code: error.failure.code, ...Object.fromEntries(error.failure.facts) };
  }
  throw new Error('the options were accepted');
}

describe('parseOptions', () => {
  test('brings every option into the form of the model', () => {
    const options = parseOptions(
      {
        title: 'Train',
        labels: { team: 'nlp', area: 'x' },
        report: true,
        strict: true,
        secrets: ['TOKEN', 'KEY', 'TOKEN'],
        variables: ['HOME_DIR'],
        reuse: { replicas: 2, concurrency: 4, idleTtl: '1m' },
        isolation: 'container',
        image: 'acme/langid@sha256:00',
        resources: {
          cpu: 0.5,
          memory: '2Gi',
          gpu: 1,
          disk: '1Gi',
          shm: '64Mi',
          tokens: { github: 1 },
        },
        timeout: { run: '10m', queued: '1h', deadline: '7d' },
        retries: { count: 3, backoff: { base: '1s', factor: 3, cap: '1m' } },
        cache: { version: '2', ignoredInputs: ['b', 'a'], salt: 's', maxAge: '7d' },
      },
      'a task',
    );
    expect(options).toEqual({
      cache: {
        mode: 'version',
        version: '2',
        ignoredInputs: ['a', 'b'],
        salt: 's',
        maxAgeMs: 604_800_000,
      },
      retries: { count: 3, backoff: { baseMs: 1000, factor: 3, capMs: 60_000 } },
      timeout: { runMs: 600_000, queuedMs: 3_600_000, deadlineMs: 604_800_000 },
      resources: {
        cpu: 0.5,
        memoryBytes: 2 ** 31,
        gpu: 1,
        diskBytes: 2 ** 30,
        shmBytes: 2 ** 26,
        tokens: { github: 1 },
      },
      image: 'acme/langid@sha256:00',
      isolation: 'container',
      reuse: { replicas: 2, concurrency: 4, idleTtlMs: 60_000 },
      variables: { HOME_DIR: { kind: 'inherit' } },
      secrets: ['KEY', 'TOKEN'],
      strict: true,
      report: true,
      labels: { area: 'x', team: 'nlp' },
      title: 'Train',
    });
  });

  test('knows the short forms', () => {
    expect(
      parseOptions(
        { cache: 'auto', retries: 2, timeout: '10m', reuse: false, variables: { A: 'b' } },
        'a task',
      ),
    ).toEqual({
      cache: { mode: 'auto', ignoredInputs: [] },
      retries: { count: 2, backoff: { baseMs: 500, factor: 2, capMs: 30_000 } },
      timeout: { runMs: 600_000 },
      reuse: false,
      variables: { A: { kind: 'set', value: 'b' } },
    });
    expect(parseOptions({ cache: 'disable' }, 'a task')).toEqual({ cache: { mode: 'disable' } });
  });

  test('Q4: settings without a version are auto with those settings', () => {
    expect(parseOptions({ cache: { salt: 'x' } }, 'a task')).toEqual({
      cache: { mode: 'auto', ignoredInputs: [], salt: 'x' },
    });
  });

  test('says whose option it is, what was given and what is wanted', () => {
    expect(factsOf({ timeout: { run: 10 } })).toEqual({
      code: 'option-invalid',
      option: 'timeout.run',
      of: "environment 'main'",
      given: '10',
      wanted: "a whole number with a unit, such as '250ms', '10s', '10m', '1h' or '7d'",
    });
    expect(() => parseOptions({ retries: NaN }, 'a task')).toThrow(
      "option 'retries' of a task: given NaN, wanted a whole number of at least 0",
    );
  });

  test('names the options there are for one there is not', () => {
    expect(factsOf({ timeouts: '10s' })).toMatchObject({
      option: 'timeouts',
      given: "'10s'",
      wanted: expect.stringContaining('no such option, but one of cache, retries, timeout,'),
    });
    expect(factsOf({ resources: { mem: '1Gi' } })).toMatchObject({ option: 'resources.mem' });
    expect(factsOf({ signal: new AbortController().signal })).toMatchObject({ option: 'signal' });
  });

  const wrong: [option: string, input: unknown][] = [
    ['', null],
    ['', []],
    ['', 'auto'],
    ['cache', { cache: 'always' }],
    ['cache', { cache: 1 }],
    ['cache', { cache: null }],
    ['cache.version', { cache: { version: '' } }],
    ['cache.version', { cache: { version: 2 } }],
    ['cache.maxAge', { cache: { maxAge: 60 } }],
    ['cache.ignoredInputs', { cache: { ignoredInputs: 'a' } }],
    ['cache.ignoredInputs.0', { cache: { ignoredInputs: [1] } }],
    ['retries', { retries: -1 }],
    ['retries', { retries: 1.5 }],
    ['retries', { retries: '2' }],
    ['retries', { retries: Infinity }],
    ['retries.count', { retries: {} }],
    ['retries.backoff.factor', { retries: { count: 1, backoff: { factor: 0.5 } } }],
    ['retries.backoff.base', { retries: { count: 1, backoff: { base: 500 } } }],
    ['timeout', { timeout: 600 }],
    ['timeout', { timeout: '0s' }],
    ['timeout', { timeout: '10 minutes' }],
    ['timeout.deadline', { timeout: { deadline: null } }],
    ['resources', { resources: '2Gi' }],
    ['resources.cpu', { resources: { cpu: NaN } }],
    ['resources.cpu', { resources: { cpu: '2' } }],
    ['resources.cpu', { resources: { cpu: -1 } }],
    ['resources.memory', { resources: { memory: 1024 } }],
    ['resources.memory', { resources: { memory: '0Gi' } }],
    ['resources.gpu', { resources: { gpu: 0.5 } }],
    ['resources.tokens.github', { resources: { tokens: { github: 0.5 } } }],
    ['image', { image: '' }],
    ['isolation', { isolation: 'thread' }],
    ['reuse', { reuse: true }],
    ['reuse.replicas', { reuse: { replicas: 0 } }],
    ['variables', { variables: 'HOME' }],
    ['variables', { variables: ['A=B'] }],
    ['variables.A', { variables: { A: 1 } }],
    ['secrets', { secrets: {} }],
    ['strict', { strict: 'yes' }],
    ['report', { report: 1 }],
    ['labels.a', { labels: { a: 1 } }],
    ['title', { title: '' }],
  ];
  test.each(wrong)("refuses what '%s' cannot be: %j", (option, input) => {
    expect(factsOf(input)).toMatchObject({ code: 'option-invalid', option });
  });

  test('an option that is undefined is not given', () => {
    expect(parseOptions({ retries: undefined }, 'a task')).toEqual({});
  });
});

describe('mergeOptions', () => {
  test('environment < task < override: each option replaces the whole option below', () => {
    const environment = parseOptions({ retries: 1, resources: { cpu: 2, gpu: 1 } }, 'e');
    const task = parseOptions({ resources: { memory: '1Gi' } }, 't');
    const override = parseOptions({ retries: 5 }, 'o');
    expect(mergeOptions(environment, task, override)).toEqual({
      ...DEFAULT_OPTIONS,
      retries: { count: 5, backoff: DEFAULT_OPTIONS.retries.backoff },
      resources: { memoryBytes: 2 ** 30 },
    });
  });
});
