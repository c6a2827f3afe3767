import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { succeed } from '@skein/model';
import { expect, test } from 'vitest';
import { makeFolder, valueOf } from '../test/opened-images.ts';
import { EMPTY_LOCK, printLock, type ImageLock, type LockedPlatform } from './lock.ts';
import { changeLock, LOCK_NAME, readLock } from './lock-file.ts';
import { lockReference } from './lock-reference.ts';
import { lockedReference } from './locked-images.ts';
import { isLockFault, parseLock } from './parse-lock.ts';

const digest = fc.constantFrom(...'abcdef').map((it) => `sha256:${it.repeat(64)}`);
const platform = fc.constantFrom('linux/amd64', 'linux/arm64', 'linux/arm/v6');
const entry: fc.Arbitrary<LockedPlatform> = fc.record(
  { digest, node: fc.constant('26.1.0') },
  { requiredKeys: ['digest'] },
);
const name = fc.constantFrom('a:1', 'b.io/x:2', `c@sha256:${'a'.repeat(64)}`, 'constructor');
const platforms = fc
  .dictionary(platform, entry, { minKeys: 1 })
  .map((it) => new Map(Object.entries(it)));
const lock: fc.Arbitrary<ImageLock> = fc.record({
  images: fc.array(fc.tuple(name, platforms)).map((it) => new Map(it)),
  recipes: fc
    .array(
      fc.tuple(
        digest,
        fc.record(
          {
            name: fc.string(),
            platform,
            reference: digest.map((it) => `a.io/x@${it}`),
            digest,
            node: fc.constant('24.21.0'),
          },
          { requiredKeys: ['platform', 'reference', 'digest'] },
        ),
      ),
    )
    .map((it) => new Map(it)),
});

test('whatever is written reads back as the same, and is written the same again', () => {
  fc.assert(
    fc.property(lock, (it) => {
      const read = parseLock(printLock(it));
      expect(read).toEqual(it);
      if (!isLockFault(read)) expect(printLock(read)).toBe(printLock(it));
    }),
  );
});

test('no text throws', () => {
  fc.assert(
    fc.property(lock, fc.nat(), fc.string(), (it, at, noise) => {
      const text = printLock(it);
      const cut = at % text.length;
      expect(parseLock(text.slice(0, cut) + noise + text.slice(cut + noise.length))).toBeDefined();
    }),
  );
});

test('Q6: in whatever order entries are added, none is lost, and none changes another', () => {
  const additions = fc.array(fc.tuple(name, platform, platforms), { maxLength: 12 });
  const folder = makeFolder();
  const place = { root: folder.path, stateDir: join(folder.path, '.skein') };
  fc.assert(
    fc.property(additions, (list) => {
      valueOf(changeLock(place, () => succeed(EMPTY_LOCK)));
      const first = new Map<string, string>();
      for (const [text, wanted, found] of list) {
        if (!found.has(wanted)) continue;
        const changed = changeLock(place, (now) =>
          lockReference(now, { text, platform: wanted, platforms: found }),
        );
        const key = `${text} ${wanted}`;
        const image = changed.ok ? lockedReference(changed.value, text, wanted) : undefined;
        if (image !== undefined && !first.has(key)) first.set(key, image.digest);
      }
      const now = valueOf(readLock(folder.path));
      for (const [key, expected] of first) {
        const [text = '', wanted = ''] = key.split(' ');
        expect(lockedReference(now, text, wanted)?.digest).toBe(expected);
      }
      const text = readFileSync(join(folder.path, LOCK_NAME), 'utf8');
      expect(text).toBe(printLock(now));
    }),
    { numRuns: 40 },
  );
  folder.remove();
});
