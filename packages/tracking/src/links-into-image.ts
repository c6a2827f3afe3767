import { dirname, isAbsolute, join, sep } from 'node:path';
import type { PlainObservation } from '@skein/model';
import { native } from './native-fs.ts';
import type { ObservedPath, ObservedPaths } from './observed-path.ts';
import { digestOfLink } from './stats.ts';

/** What a path leads to is found by the system in at most so many links. */
const MOST_LINKS = 40;

/**
 * In a container a link of the workspace may lead to a file of the image. On the machine something
 * else lies there, or nothing: what counts are the links, and the image's digest for the rest.
 */
export function throughLinks(
  seen: PlainObservation,
  paths: ObservedPaths,
): readonly PlainObservation[] {
  const { image } = paths;
  if (image === undefined || seen.kind === 'variable' || seen.kind === 'module') return [seen];
  const absolute = paths.absolute(seen.path);
  if (image.isOutside(absolute)) return [seen];
  const own = seen.kind === 'stat' && (seen.aspect === 'lstat' || seen.aspect === 'link');
  const { links, end } = follow(absolute, own);
  if (links.length === 0 || !image.isOutside(end)) return [seen];
  const mounted = links.filter(({ path }) => !image.isOutside(path));
  const observed = mounted.map(({ path, target }): PlainObservation => {
    const digest = digestOfLink(target);
    return { kind: 'stat', path: paths.nameOf(path), aspect: 'link', digest };
  });
  // What an action made there others read by its own name (O5).
  return image.holds(end) ? observed : [...observed, { ...seen, path: end }];
}

/** Whether links lead from a path that is observed to what is not: a file of the image. */
export function leadsIntoImage({ name: path }: ObservedPath, paths: ObservedPaths): boolean {
  const seen: PlainObservation = { kind: 'file', path, digest: null };
  return throughLinks(seen, paths).every((it) => it.kind === 'stat');
}

interface Link {
  readonly path: string;
  readonly target: string;
}

/** The links on the way to what a path names; `own`: one at its end is itself what is meant. */
function follow(
  absolute: string,
  own: boolean,
): { readonly links: readonly Link[]; readonly end: string } {
  const links: Link[] = [];
  let rest = absolute.split(sep);
  let at: string = sep;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') at = dirname(at);
    if (part === '' || part === '.' || part === '..') continue;
    const path = join(at, part);
    const target = own && rest.length === 0 ? undefined : targetOf(path);
    if (target === undefined || links.length === MOST_LINKS) {
      at = path;
      continue;
    }
    links.push({ path, target });
    rest = [...target.split(sep), ...rest];
    if (isAbsolute(target)) at = sep;
  }
  return { links, end: at };
}

function targetOf(path: string): string | undefined {
  try {
    return native.readlinkSync(path);
  } catch {
    // No link, or nothing.
    return undefined;
  }
}
