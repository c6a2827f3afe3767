import type { ImageInspection, LockedImage } from '@skein/images';
import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { loadConfig } from './config.ts';
import { onlyReading } from './image-list.ts';
import type { Opened } from './opened.ts';

/** What is known of an image. */
export interface ImageReport {
  /** Its entries in the lock, one for each platform; empty: it has none. */
  readonly locked: readonly LockedImage[];
  /** What its registry says now, or why it says nothing. */
  readonly registry: Result<ImageInspection>;
}

/** Fewer digits would be half of what there is. */
const LEAST_DIGITS = 8;

/**
 * What the lock and the registry say. `name`: a reference, the name of a recipe, or a digest by 8
 * digits or more. Fails where neither knows it.
 */
export async function inspectImage(opened: Opened, name: string): Promise<Result<ImageReport>> {
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  const images = onlyReading(opened, config.value);
  const all = images.locked();
  if (!all.ok) return all;
  const locked = all.value.filter((it) => isNamed(it, name));
  const [first] = locked;
  const reference = first === undefined || first.key === name ? name : first.image.reference;
  const registry = await images.inspect(reference);
  const known = [...new Set(all.value.map(({ image }) => image.name))];
  if (first === undefined && !registry.ok) {
    return fail(withKnown(registry.failure, known));
  }
  return succeed({ locked, registry });
}

function isNamed({ key, image }: LockedImage, name: string): boolean {
  if (key === name || image.name === name) return true;
  const digits = name.replace(/^sha256:/, '');
  if (digits.length < LEAST_DIGITS || !/^[0-9a-f]+$/.test(digits)) return false;
  return [key, image.digest].some((it) => it.startsWith(`sha256:${digits}`));
}

function withKnown(failure: Failure, known: readonly string[]): Failure {
  const list = known.length === 0 ? 'none' : known.toSorted().join(', ');
  return { ...failure, facts: [...failure.facts, ['locked', list]] };
}
