import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultOrder, isFull, reach } from '@skein/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { obeyFault } from './obey-fault.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fault-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function thrownAt(point: 'fold-before' | 'fold-after'): unknown {
  try {
    reach(point);
    return undefined;
  } catch (error) {
    return error;
  }
}

test('nothing happens where nobody gave an order', () => {
  expect(faultOrder()).toBeUndefined();
  expect(thrownAt('fold-before')).toBeUndefined();
});

test('the fault comes at the point and the count that were ordered, once', () => {
  const file = join(folder, 'happened');
  obeyFault(`fold-before:2:full:${file}`);
  expect(thrownAt('fold-before')).toBeUndefined();
  expect(thrownAt('fold-after')).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  expect(isFull(thrownAt('fold-before'))).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(`fold-before ${process.pid}\n`);
  expect(thrownAt('fold-before')).toBeUndefined();
});

test('it does not come again in another process', () => {
  const order = `fold-before:1:full:${join(folder, 'happened')}`;
  obeyFault(order);
  expect(isFull(thrownAt('fold-before'))).toBe(true);
  obeyFault(order);
  expect(faultOrder()).toBe(order);
  expect(thrownAt('fold-before')).toBeUndefined();
});

test('every point that is reached can be noted', () => {
  const file = join(folder, 'reached');
  obeyFault(`*:1:note:${file}`);
  for (let time = 0; time < 3; time += 1) reach('fold-before');
  reach('fold-after');
  expect(readFileSync(file, 'utf8')).toBe('fold-before\nfold-after\n');
});

test('an order that nobody can obey is a mistake of who gave it', () => {
  expect(() => obeyFault('no-such-point:1:kill:/tmp/x')).toThrow('is no order for a fault');
  expect(() => obeyFault('fold-before')).toThrow('is no order for a fault');
});
