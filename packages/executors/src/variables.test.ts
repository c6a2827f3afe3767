import os, { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { installVariables } from './variables.ts';
import type { VariablePorts } from './variables.ts';

let restore: () => void = () => undefined;
afterEach(() => restore());

function watched(): { ports: VariablePorts; reads: string[]; writes: string[] } {
  const reads: string[] = [];
  const writes: string[] = [];
  const visible: Record<string, string | undefined> = { PATH: '/bin', MODE: 'fast' };
  const view = { visible, hidden: { LANG: 'de' } };
  const ports: VariablePorts = {
    view: () => view,
    read: (name, value) => reads.push(`${name}=${value}`),
    assigned: (name) => writes.push(name),
    whole: false,
  };
  return { ports, reads, writes };
}

test('O6: an undeclared variable is readable by name, and observed; absence too', () => {
  const { ports, reads } = watched();
  restore = installVariables(ports);
  expect([process.env['LANG'], process.env['NONE'], 'LANG' in process.env]).toEqual([
    'de',
    undefined,
    true,
  ]);
  expect([process.env['PATH'], process.env['MODE'], process.env['CI']]).toEqual([
    '/bin',
    'fast',
    undefined,
  ]);
  expect(reads).toEqual(['LANG=de', 'NONE=undefined', 'LANG=de']);
});

test('O6: listing the environment shows only what is visible', () => {
  const { ports, reads } = watched();
  restore = installVariables(ports);
  expect({ ...process.env }).toEqual({ PATH: '/bin', MODE: 'fast' });
  expect(reads).toEqual([]);
});

test('an assignment is text, is seen again, and is reported', () => {
  const { ports, writes } = watched();
  restore = installVariables(ports);
  process.env['COUNT'] = 3 as never;
  delete process.env['MODE'];
  expect(Object.keys(process.env)).toEqual(['PATH', 'COUNT']);
  expect(process.env['COUNT']).toBe('3');
  expect(writes).toEqual(['COUNT', 'MODE']);
});

test('code outside of any view has the environment of the process', () => {
  const own = process.env;
  restore = installVariables({ ...watched().ports, view: () => undefined });
  expect(process.env['PATH']).toBe(own['PATH']);
  restore();
  expect(process.env).toBe(own);
});

test('O6: in a process of its own, Node finds what is assigned as the author does', () => {
  const own = process.env;
  restore = installVariables({ ...watched().ports, whole: true });
  process.env['SKEIN_TEST_MIRROR'] = 'x';
  expect(own['SKEIN_TEST_MIRROR']).toBe('x');
  delete process.env['SKEIN_TEST_MIRROR'];
  expect(own['SKEIN_TEST_MIRROR']).toBeUndefined();
  restore();
  restore = installVariables(watched().ports);
  process.env['SKEIN_TEST_MIRROR'] = 'x';
  expect(own['SKEIN_TEST_MIRROR']).toBeUndefined();
});

test('O6: in a process of others, the folder for temporary files is the one in view', () => {
  const before = tmpdir();
  const view = { visible: { TMPDIR: '/scratch' }, hidden: {} };
  restore = installVariables({ ...watched().ports, view: () => view });
  expect([tmpdir(), os.tmpdir()]).toEqual(['/scratch', '/scratch']);
  restore();
  expect(tmpdir()).toBe(before);
});
