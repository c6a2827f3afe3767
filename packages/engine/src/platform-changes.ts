import type { ActionImage, Change, Platform } from '@skein/model';
import { imageOf } from '@skein/model';

const HOST = ['node', 'os', 'arch', 'libc'] as const;

/** What really runs (Q6), as it differs: in an image, that stands for the machine. */
export function platformChanges(before: Platform, now: Platform): readonly Change[] {
  const changes: Change[] = [];
  if ('os' in before && 'os' in now) {
    for (const name of HOST) {
      if (before[name] === now[name]) continue;
      changes.push({ kind: 'platform', name, before: before[name], after: now[name] });
    }
  }
  const [old, image] = [imageOf(before), imageOf(now)];
  const isMoved = old?.digest !== image?.digest || old?.applied !== image?.applied;
  if (isMoved) {
    changes.push({
      kind: 'image',
      ...(old === undefined ? {} : { before: old }),
      ...(image === undefined ? {} : { after: image }),
    });
  }
  return [...changes, ...ownNode(old, image), ...(isMoved ? [] : network(old, image))];
}

/** Of one and the same image: moved from or to another, what it had there tells no more. */
function network(old: ActionImage | undefined, image: ActionImage | undefined): readonly Change[] {
  const [before, after] = [old, image].map((it) => (it?.network === true ? 'allowed' : 'none'));
  if (before === undefined || after === undefined || before === after) return [];
  return [{ kind: 'platform', name: 'network', before, after }];
}

/** An image that has none gets Skein's own, which counts beside it. */
function ownNode(old: ActionImage | undefined, image: ActionImage | undefined): readonly Change[] {
  const [before, after] = [old?.node, image?.node];
  if (before === undefined || after === undefined || before === after) return [];
  return [{ kind: 'platform', name: "Skein's own node", before, after }];
}
