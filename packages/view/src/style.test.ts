import { expect, test } from 'vitest';
import { styleFor } from './style.ts';

const cases = [
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: 'true' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
] as const;

test.each(cases)('colour for %j where isTerminal is %s: %s', (environment, isTerminal, colour) => {
  expect(styleFor({ environment, isTerminal }).colour).toBe(colour);
});

test('coloured text has escape codes, plain text has none', () => {
  const request = { environment: { FORCE_COLOR: '1' }, isTerminal: false };
  expect(styleFor(request).bad('x')).toBe('\u001B[31mx\u001B[39m');
  expect(styleFor({ environment: {}, isTerminal: false }).bad('x')).toBe('x');
});
