import { type ActionImage, type Change, UNBUILT_DIGEST } from '@skein/model';

const LONG_DIGEST = /\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b/g;

/** An image as people tell it from another; whole its digest would fill the line. */
export function shortDigests(text: string): string {
  return text.replace(UNBUILT_DIGEST, 'not built yet').replace(LONG_DIGEST, '$1');
}

/** `ghcr.io/acme/x:1.4 sha256:…`, and what of it is not as its name says. */
export function describeImage(image: ActionImage): string {
  const { name, applied, node, network } = image;
  const digest = image.digest.replace(UNBUILT_DIGEST, 'not built yet');
  const named = name === undefined ? digest : `${name} ${digest}`;
  if (!applied) return `${named} (not applied)`;
  const own = node === undefined ? '' : `, Skein's own node ${node}`;
  return `${named}${own}${network === true ? ', with network' : ''}`;
}

type Sides = Pick<Extract<Change, { readonly kind: 'image' }>, 'before' | 'after'>;

/** `image ghcr.io/acme/x:1.4 sha256:… → sha256:…`, `ran on this machine, now in image …`. */
export function describeImageChange({ before, after }: Sides): string {
  if (after?.applied === true && before?.applied !== true) {
    return `ran on this machine, now in image ${short(after)}`;
  }
  if (before?.applied === true && after?.applied !== true) {
    return `ran in image ${short(before)}, now on this machine`;
  }
  const declared = after?.applied === true ? '' : ' (not applied)';
  if (before === undefined) return `image ${short(after)}${declared} is new`;
  if (after === undefined) return `image ${short(before)}${declared} is gone`;
  const now = before.name === after.name ? shortDigests(after.digest) : short(after);
  return `image ${short(before)} → ${now}${declared}`;
}

function short(image: ActionImage | undefined): string {
  if (image === undefined) return '';
  const { name, digest } = image;
  const named =
    name === undefined || name.includes(digest) ? (name ?? digest) : `${name} ${digest}`;
  return shortDigests(named);
}

/** Both sides whole: what one looks for in a registry. */
export function imageSides(change: Change): readonly (readonly [sign: '-' | '+', text: string])[] {
  if (change.kind === 'image') {
    const { before, after } = change;
    return [
      ...(before === undefined ? [] : [['-', describeImage(before)] as const]),
      ...(after === undefined ? [] : [['+', describeImage(after)] as const]),
    ];
  }
  // As earlier versions recorded it.
  if (change.kind !== 'platform' || change.name !== 'image') return [];
  const { before, after } = change;
  return [
    ...(before === undefined ? [] : [['-', before] as const]),
    ...(after === undefined ? [] : [['+', after] as const]),
  ];
}
