import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

function plain(header: string): unknown {
  return parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);
}

test('a challenge for a token, with commas and quotes in its values', () => {
  const header =
    'Bearer realm="https://auth.example/token",service="a \\"b\\"",' +
    'scope="repository:acme/x:pull,push"';
  expect(plain(header)).toEqual([
    [
      'bearer',
      {
        realm: 'https://auth.example/token',
        service: 'a "b"',
        scope: 'repository:acme/x:pull,push',
      },
    ],
  ]);
});

test('several challenges in one header, and parameters without quotes', () => {
  expect(plain('Negotiate, Basic realm=here , BEARER Realm="x" , Service = y')).toEqual([
    ['negotiate', {}],
    ['basic', { realm: 'here' }],
    ['bearer', { realm: 'x', service: 'y' }],
  ]);
});

test.each(['', '"', '====', 'Bearer realm="unfinished', `Basic ${' '.repeat(8_000)}`, ',,,'])(
  'what cannot be read ends the list: %#',
  (header) => {
    expect(parseChallenges(header).length).toBeLessThanOrEqual(1);
  },
);
