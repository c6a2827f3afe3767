import type { RunIndex } from '@skein/journal';
import {
  describePlatform,
  type CodeVersion,
  type RunOrigin,
  type RunOverview,
  type RunStatus,
} from '@skein/model';
import { digestHex } from '@skein/values';
import { formatAmount, formatCount } from './amount.ts';
import { formatAge, formatDuration } from './duration.ts';
import { alignFacts } from './facts.ts';
import type { Paint, Style } from './style.ts';
import { oneLine } from './one-line.ts';

export interface HeadRequest {
  readonly style: Style;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const FILES = 5;
const SHORT = 12;

/** What is recorded of a run itself: which code, asked for by whom, on what, how it ended. */
export function renderHead(index: RunIndex, request: HeadRequest): string {
  const { overview, started, version } = index;
  const { style, now } = request;
  const labels = Object.entries(overview.labels).map(([name, value]) =>
    oneLine(`${name}=${value}`),
  );
  const duration =
    overview.durationMs === undefined ? '' : ` in ${formatDuration(overview.durationMs)}`;
  const { origin } = overview;
  const facts: (readonly [string, string])[] = [
    ['task', overview.task],
    ['started', `${formatAge(now - overview.startedAt)}${duration}, by ${started.initiator}`],
    ...(labels.length === 0 ? [] : [['labels', labels.join(', ')] as const]),
    ...(origin === undefined ? [] : [['origin', describeOrigin(origin)] as const]),
    ...codeFacts(version),
    ['bundle', shortDigest(started.bundle)],
    ['platform', describePlatform(started.platform)],
    ['actions', describeCounts(overview)],
    ...endFacts(index, request),
  ];
  const status = paintStatus(overview.status, style)(overview.status);
  return [`run ${style.strong(overview.run)} ${status}`, ...alignFacts(facts, style), ''].join(
    '\n',
  );
}

/** `resumes 20261124-054405-1a2b3c`, `repeats action 5 of 20261124-054405-1a2b3c`. */
export function describeOrigin({ kind, run, action }: RunOrigin): string {
  if (kind === 'resume') return `resumes ${run}`;
  return action === undefined ? `repeats ${run}` : `repeats action ${action} of ${run}`;
}

export function paintStatus(status: RunStatus, style: Style): Paint {
  switch (status) {
    case 'succeeded':
      return style.good;
    case 'running':
      return style.name;
    case 'failed':
      return style.bad;
    case 'cancelled':
    case 'interrupted':
      return style.warn;
  }
}

function codeFacts(version: CodeVersion | undefined): readonly (readonly [string, string])[] {
  if (version === undefined) return [];
  const { skein, commit, branch, dirty, lockfile } = version;
  const on = branch === undefined ? '' : ` on ${branch}`;
  const lock = lockfile && `${lockfile.path} ${shortDigest(lockfile.digest)}`;
  return [
    ...(commit === undefined
      ? []
      : [['commit', `${commit.slice(0, SHORT)}${on}${describeDirty(dirty)}`] as const]),
    ...(lock === undefined ? [] : [['lock file', lock] as const]),
    ['skein', skein],
  ];
}

/** `, 2 files changed since: src/a.ts, src/b.ts`. */
function describeDirty(dirty: readonly string[] | undefined): string {
  if (dirty === undefined) return '';
  if (dirty.length === 0) return ', nothing changed since';
  const more = dirty.length - FILES;
  const names = dirty.slice(0, FILES).join(', ');
  const rest = more > 0 ? ` and ${formatCount(more)} more` : '';
  return `, ${formatAmount(dirty.length, 'file')} changed since: ${names}${rest}`;
}

function describeCounts({ counts }: RunOverview): string {
  return (
    `${formatCount(counts.total)}: ${formatCount(counts.executed)} executed, ` +
    `${formatCount(counts.reused)} reused, ${formatCount(counts.adopted)} adopted, ` +
    `${formatCount(counts.failed)} failed`
  );
}

/** A run without an end has what it has: until when, and what was still going on. */
function endFacts(index: RunIndex, { now }: HeadRequest): readonly (readonly [string, string])[] {
  const { overview, size, lastAt } = index;
  if (overview.durationMs !== undefined) return [];
  const open = size - overview.counts.total;
  const last = `${formatAge(now - lastAt)}, ${formatAmount(open, 'action')} unfinished`;
  if (overview.status === 'running') return [['last event', last]];
  return [
    ['last event', last],
    ['end', `none is recorded: "skein resume ${overview.run}" goes on from here`],
  ];
}

function shortDigest(digest: Parameters<typeof digestHex>[0]): string {
  return `#${digestHex(digest).slice(0, SHORT)}`;
}
