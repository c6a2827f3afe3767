import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MaskedStream } from './masked-stream.ts';
import { Secrets } from './secrets.ts';

const environment = { TOKEN: 'aba1', LONG: 'aba12', PIN: '22' };
const secrets = new Secrets(['PIN', 'TOKEN', 'LONG'], environment);

test('O7: a secret that comes in pieces is masked like one that comes at once', () => {
  const stream = new MaskedStream(secrets);
  const passed = ['x 2', '2 y ab', 'a1', ' z', 'ab'].map((piece) => stream.pass(piece));
  expect([...passed, stream.rest()].join('')).toBe('x [PIN] y [TOKEN] zab');
  expect(passed.slice(0, 2)).toEqual(['x ', '[PIN] y ']);
});

test('O7: of a secret that begins like another nothing is left over', () => {
  expect(secrets.mask('aba12 aba1')).toBe('[LONG] [TOKEN]');
});

test('O7: a secret may be of any characters', () => {
  const value = String.raw`a.b$(c)[d]\e^{f}|*+?-/`;
  expect(new Secrets(['S'], { S: value }).mask(`x${value}y`)).toBe('x[S]y');
});

test('O7: however a text is cut, no secret passes, and nothing else is lost', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '1', '2', ' '), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const stream = new MaskedStream(secrets);
      const masked = pieces.map((it) => stream.pass(it)).join('') + stream.rest();
      for (const secret of Object.values(environment)) expect(masked).not.toContain(secret);
      const original = masked.replaceAll(
        /\[(\w+)\]/g,
        (_, name: string) => environment[name as keyof typeof environment],
      );
      expect(original).toBe(pieces.join(''));
    }),
  );
});
