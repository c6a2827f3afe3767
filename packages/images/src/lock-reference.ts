import { fail, succeed, type Failure, type Result } from '@skein/model';
import type { ImageLock, LockedPlatform } from './lock.ts';
import { lockedReference } from './locked-images.ts';

export interface NewEntry {
  readonly text: string;
  readonly platform: string;
  /** What the registry says now. */
  readonly platforms: ReadonlyMap<string, LockedPlatform>;
}

/**
 * The lock with an entry for what had none. Whoever was first decides; an entry that lacks this
 * platform gets it only where the registry still gives what the entry says of the others: one
 * entry never mixes what a tag was at two times.
 */
export function lockReference(lock: ImageLock, entry: NewEntry): Result<ImageLock> {
  const { text, platform, platforms } = entry;
  if (lockedReference(lock, text, platform) !== undefined) return succeed(lock);
  const known = lock.images.get(text) ?? new Map<string, LockedPlatform>();
  for (const [name, { digest }] of known) {
    if (platforms.get(name)?.digest !== digest) return fail(moved(entry, name, digest));
  }
  const whole = new Map([...platforms, ...known]);
  return succeed({ ...lock, images: new Map([...lock.images, [text, whole]]) });
}

function moved({ text, platform, platforms }: NewEntry, name: string, digest: string): Failure {
  return {
    code: 'image-lock',
    kind: 'usage',
    headline: 'the lock knows the image for other platforms only, and it has moved since',
    facts: [
      ['image', text],
      ['wanted', platform],
      ['locked', `${digest} on ${name}`],
      ['now', platforms.get(name)?.digest ?? 'none'],
    ],
    hint: 'move it for everyone with "skein image update"',
  };
}
