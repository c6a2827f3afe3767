import { expect, test } from 'vitest';
import { addressText, isLoopback, readListen } from './listen-address.ts';

test.each([
  ['127.0.0.1:7337', { host: '127.0.0.1', port: 7337 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  [':7337', { host: '', port: 7337 }],
  ['[::1]:80', { host: '::1', port: 80 }],
])('an address is read: %s', (text, value) => {
  expect(readListen(text)).toEqual({ ok: true, value });
});

test.each(['', '7337', 'host', 'host:', 'host:65536', 'host:-1', '::1:80', '[host]:80', '[::1]'])(
  'what is no address is refused: "%s"',
  (text) => {
    const result = readListen(text);
    expect(result.ok ? undefined : result.failure.code).toBe('server-address');
  },
);

test('an address is shown as a client writes it', () => {
  expect(addressText({ host: '127.0.0.1', port: 7337 })).toBe('http://127.0.0.1:7337');
  expect(addressText({ host: '::1', port: 80 })).toBe('http://[::1]:80');
});

test('only loopback addresses are not reached from elsewhere', () => {
  expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].every(isLoopback)).toBe(true);
  expect(['', '0.0.0.0', '::', '10.0.0.1', '127.example.com'].some(isLoopback)).toBe(false);
});
