import { expect, test } from 'vitest';
import { environmentKey, isObserved, makeEnvironment, readableVariable } from './environment.ts';

const command = {
  PATH: '/bin',
  HOME: '/home/me',
  TZ: 'Europe/Berlin',
  LANG: 'de_DE.UTF-8',
  CI: 'true',
  FORCE_COLOR: '1',
  NX_TASK: 'x',
  npm_lifecycle_event: 'y',
  USER: 'me',
  MODEL: 'small',
  TOKEN: 'secret',
};

test('O6: a process sees what is declared, PATH, HOME and the fixed ones', () => {
  const options = {
    variables: {
      MODEL: { kind: 'inherit' },
      MODE: { kind: 'set', value: 'fast' },
      GONE: { kind: 'inherit' },
    },
    secrets: ['TOKEN'],
  } as const;
  const { visible, hidden } = makeEnvironment(command, options, { scratch: '/scratch' });
  expect(visible).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    TMPDIR: '/scratch',
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
    MODEL: 'small',
    MODE: 'fast',
    TOKEN: 'secret',
  });
  expect(hidden).toEqual({ LANG: 'de_DE.UTF-8' });
});

test('O6: shells, CI and colour settings are absent unless declared', () => {
  const declared = { variables: { CI: { kind: 'inherit' } }, secrets: [] } as const;
  expect(makeEnvironment(command, declared, { scratch: '/s' }).visible['CI']).toBe('true');
  expect(readableVariable(command, 'CI')).toBeUndefined();
  expect(readableVariable(command, 'MODEL')).toBe('small');
});

test('O6: reading PATH, HOME or an absent variable is no observation', () => {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LC_ALL', 'NX_TASK', 'MODEL', 'NOT_SET'];
  expect(names.filter(isObserved)).toEqual(['MODEL', 'NOT_SET']);
});

test('O6: two sets of variables or secrets never share a process', () => {
  const key = (variables: object, secrets: string[]): string =>
    environmentKey({ variables: variables as never, secrets });
  const a = { A: { kind: 'inherit' } };
  const b = { B: { kind: 'set', value: '1' } };
  expect(key({ ...a, ...b }, ['x', 'y'])).toBe(key({ ...b, ...a }, ['y', 'x']));
  expect(new Set([key({}, []), key(a, []), key(b, []), key({}, ['A'])]).size).toBe(4);
});

test('X2: a process gets the gpus that were given to it, whatever the command has', () => {
  const options = { variables: {}, secrets: [] };
  const all = { ...command, CUDA_VISIBLE_DEVICES: '0,1,2' };
  const { visible, hidden } = makeEnvironment(all, options, { scratch: '/s', devices: ['1', '2'] });
  expect(visible['CUDA_VISIBLE_DEVICES']).toBe('1,2');
  expect(hidden).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
});
