import { expect, test } from 'vitest';
import { parseReference, pinReference, printReference, readReference } from './reference.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['python:3.12', 'docker.io/library/python:3.12'],
  ['python', 'docker.io/library/python:latest'],
  ['acme/x', 'docker.io/acme/x:latest'],
  ['docker.io/python:3', 'docker.io/library/python:3'],
  ['index.docker.io/acme/x:1', 'docker.io/acme/x:1'],
  ['ghcr.io/acme/x:1.4', 'ghcr.io/acme/x:1.4'],
  ['localhost/x:1', 'localhost/x:1'],
  ['localhost:5000/x', 'localhost:5000/x:latest'],
  ['127.0.0.1:5000/a/b/c:v1', '127.0.0.1:5000/a/b/c:v1'],
  ['[::1]:5000/x:1', '[::1]:5000/x:1'],
  ['Cache/x:1', 'Cache/x:1'],
  ['acme/a__b.c-d--e:T_1', 'docker.io/acme/a__b.c-d--e:T_1'],
  [`python@${DIGEST}`, `docker.io/library/python@${DIGEST}`],
  [`ghcr.io/acme/x:1.4@${DIGEST}`, `ghcr.io/acme/x:1.4@${DIGEST}`],
])('reads "%s" as Docker and podman do', (text, full) => {
  const reference = parseReference(text);
  expect(reference && printReference(reference)).toBe(full);
});

test.each([
  '',
  ' python',
  'python ',
  'Python',
  'python:',
  'python:-1',
  `python:${'x'.repeat(129)}`,
  'python@',
  'python@latest',
  `python@sha256:${'0A'.repeat(32)}`,
  `python@sha512:${'0a'.repeat(64)}`,
  'docker://python:3',
  'https://ghcr.io/acme/x',
  'ghcr.io/',
  'ghcr.io//x',
  '/x',
  'a/../b',
  'ghcr.io/acme/x:1/2',
  'ghcr.io:port/x',
  'ghcr.io:70000/x',
  'user@ghcr.io/x',
  'a___b',
  'x?y',
  '0a'.repeat(32),
  'a/'.repeat(200),
  'a'.repeat(300),
])('refuses what is none: %#', (text) => {
  const read = readReference(text);
  expect(read).toMatchObject({ ok: false, failure: { code: 'image-not-found', kind: 'usage' } });
});

test('a prefix for a transport is named as what is wrong', () => {
  const read = readReference('docker://ghcr.io/acme/x');
  expect(read).toMatchObject({ failure: { hint: expect.stringContaining('"://"') } });
});

test('an engine gets exactly the manifest, by the full name', () => {
  const reference = parseReference('python:3.12');
  expect(reference && pinReference(reference, DIGEST)).toBe(`docker.io/library/python@${DIGEST}`);
});
