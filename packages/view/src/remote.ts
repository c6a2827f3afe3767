import type { RemoteUse, SharingLeft } from '@skein/model';
import { formatBytes, formatCount } from './amount.ts';

/** `sharing 120 of 2,000 results, 3.2 MB left`. */
export function describeSharing({ entries, of, bytes }: SharingLeft): string {
  const done = `sharing ${formatCount(of - entries)} of ${formatCount(of)} results`;
  return bytes === 0 ? done : `${done}, ${formatBytes(bytes)} left`;
}

/** What a run had of its remote, in a line; `undefined`: it did not need it. */
export function describeRemote(use: RemoteUse): string | undefined {
  const { asked, found, pushed, same, conflicts, left, dropped, refused } = use;
  const there = same + conflicts;
  const parts = [
    ...(asked > 0 ? [`${formatCount(found)} of ${formatCount(asked)} found`] : []),
    ...(pushed > 0 ? [`${formatCount(pushed)} shared`] : []),
    ...(there > 0 ? [`${formatCount(there)} there already`] : []),
    ...(left + dropped > 0 ? [`${formatCount(left + dropped)} not shared`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} not taken`] : []),
    ...stays(use),
    ...distrusted(use),
  ];
  const moved = parts.length === 0 ? [] : traffic(use);
  const off = use.off === undefined ? [] : [`off: ${use.off}`];
  const all = [...parts, ...moved, ...off];
  return all.length === 0 ? undefined : all.join(', ');
}

function stays({ unshared }: RemoteUse): readonly string[] {
  const { learned: _, ...own } = unshared;
  const count = sum(own);
  return count === 0 ? [] : [`${formatCount(count)} stay here`];
}

function distrusted({ unbelieved }: RemoteUse): readonly string[] {
  const count = sum(unbelieved);
  return count === 0 ? [] : [`${formatCount(count)} not believed`];
}

function traffic({ bytesDown, bytesUp }: RemoteUse): readonly string[] {
  return [
    ...(bytesDown > 0 ? [`${formatBytes(bytesDown)} down`] : []),
    ...(bytesUp > 0 ? [`${formatBytes(bytesUp)} up`] : []),
  ];
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
