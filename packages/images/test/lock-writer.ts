import { succeed } from '@skein/model';
import type { LockedPlatform } from '../src/lock.ts';
import { changeLock } from '../src/lock-file.ts';

/** A process of its own that writes one entry after the other. */
const [root = '', stateDir = '', name = '', count = '0'] = process.argv.slice(2);
const digest = `sha256:${'0'.repeat(64)}`;
for (let at = 0; at < Number(count); at++) {
  const platforms = new Map<string, LockedPlatform>([['linux/amd64', { digest }]]);
  const changed = changeLock({ root, stateDir }, (lock) =>
    succeed({ ...lock, images: new Map([...lock.images, [`${name}:${at}`, platforms]]) }),
  );
  if (!changed.ok) throw new Error(changed.failure.headline);
}
