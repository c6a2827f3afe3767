import { expect, test } from 'vitest';
import type { Platform } from './platform.ts';
import { describePlatform, imageOf, platformWith } from './platform.ts';

const HOST = { node: '26.10.0', os: 'linux', arch: 'x64', libc: 'glibc' };
const DIGEST = 'sha256:1';

const PLATFORMS: readonly (readonly [Platform, string])[] = [
  [HOST, 'node 26.10.0 linux x64 glibc'],
  [
    { ...HOST, image: { digest: DIGEST, applied: false, name: 'acme/x:1' } },
    'node 26.10.0 linux x64 glibc image sha256:1 (not applied)',
  ],
  [{ image: { digest: DIGEST, applied: true, name: 'acme/x:1' } }, 'image sha256:1'],
  [{ image: { digest: DIGEST, applied: true }, node: '26.10.0' }, 'image sha256:1 node 26.10.0'],
  [{ image: { digest: DIGEST, applied: true }, network: true }, 'image sha256:1 network'],
];

test.for(PLATFORMS)('Q6: %o is told without what the image is called', ([platform, told]) => {
  expect(describePlatform(platform)).toBe(told);
});

test.for(PLATFORMS)('Q6: %o is that of its run and its own image', ([platform]) => {
  expect(platformWith(HOST, imageOf(platform))).toEqual(platform);
});
