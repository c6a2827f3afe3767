import { formatAmount, formatBytes, formatCount } from './amount.ts';
import { alignFacts } from './facts.ts';
import type { GcKind, GcReport, PinnedRun } from './gc.ts';
import type { JsonObject } from './json.ts';
import { formatAge } from './duration.ts';
import type { Style } from './style.ts';
import { GC_KINDS } from './gc.ts';

/**
 * ```
 * removed 12 runs, 1.2 GB in all
 *   runs       12   34.1 MB
 *   artifacts  40  1,166 MB
 *   stay       3 pinned, 14 younger
 *   size       3.4 GB → 2.2 GB
 * ```
 */
export function renderGc(report: GcReport, style: Style): string {
  const lines = [style.strong(headline(report)), ...alignFacts(factsOf(report), style)];
  const hint = hintOf(report);
  return [...lines, ...(hint === undefined ? [] : [`  ${style.name('hint:')} ${hint}`])].join('\n');
}

/** True where a size was asked for and not come to. */
export function isTooLarge({ sizeBytes, maxSizeBytes }: GcReport): boolean {
  return maxSizeBytes !== undefined && sizeBytes.after > maxSizeBytes;
}

function headline(report: GcReport): string {
  const { dryRun, removed, runs } = report;
  const bytes = [...removed.values()].reduce((sum, one) => sum + one.bytes, 0);
  const verb = dryRun ? 'would remove' : 'removed';
  if (removed.size === 0) return dryRun ? 'would remove nothing' : 'nothing had to be removed';
  return `${verb} ${formatAmount(runs.length, 'run')}, ${formatBytes(bytes)} in all`;
}

function factsOf(report: GcReport): readonly (readonly [string, string])[] {
  const { removed, stay, sizeBytes, busy, waiting, aside } = report;
  const stays = STAYS.flatMap(([reason, word]) =>
    stay[reason] === 0 ? [] : [`${formatCount(stay[reason])} ${word}`],
  );
  const size = `${formatBytes(sizeBytes.before)} → ${formatBytes(sizeBytes.after)}`;
  return [
    ...amounts(removed),
    ...(stays.length === 0 ? [] : [['runs that stay', stays.join(', ')] as const]),
    ...(waiting.count === 0
      ? []
      : [
          [
            'stays for now',
            `${formatCount(waiting.count)}, ${formatBytes(waiting.bytes)}`,
          ] as const,
        ]),
    ...(busy.length === 0 ? [] : [['in use by', `process ${busy.join(', ')}`] as const]),
    ...(aside === undefined ? [] : [['set aside', `"${aside}"`] as const]),
    ['size', size],
    ...limitFact(report),
  ];
}

const STAYS = [
  ['running', 'running'],
  ['pinned', 'pinned'],
  ['unfinished', 'unfinished'],
  ['kept', 'kept'],
  ['young', 'younger'],
] as const;

function amounts(removed: GcReport['removed']): readonly (readonly [string, string])[] {
  const rows = [...removed].map(
    ([kind, { count, bytes }]) => [kind, formatCount(count), formatBytes(bytes)] as const,
  );
  const width = Math.max(0, ...rows.map(([, count]) => count.length));
  return rows.map(([kind, count, bytes]) => [kind, `${count.padStart(width)}, ${bytes}`] as const);
}

function limitFact(report: GcReport): readonly (readonly [string, string])[] {
  const { maxSizeBytes, dryRun } = report;
  if (maxSizeBytes === undefined) return [];
  const verdict = isTooLarge(report) ? 'not reached' : dryRun ? 'would be reached' : 'reached';
  return [['max size', `${formatBytes(maxSizeBytes)}, ${verdict}`]];
}

function hintOf(report: GcReport): string | undefined {
  const { stay, busy, waiting, aside } = report;
  if (busy.length > 0 && waiting.count > 0) {
    return 'what nothing names any more goes when nobody works with the state: run it again then';
  }
  if (aside !== undefined && waiting.count > 0) {
    return 'a database that was set aside may still be wanted; --corrupt removes it and goes on';
  }
  if (!isTooLarge(report)) return undefined;
  if (stay.unfinished > 0) return 'unfinished runs stay until they are resumed; or --unfinished';
  if (stay.pinned > 0) return 'pinned runs stay: "skein pin" lists them, --remove lets them go';
  return 'what stays is in use or asked for';
}

/** The object of `skein gc --json`. */
export function gcJson(report: GcReport): JsonObject {
  const { dryRun, removed, runs, stay, busy, waiting, aside, sizeBytes, maxSizeBytes } = report;
  const amount = (kind: GcKind): JsonObject => ({
    ...(removed.get(kind) ?? { count: 0, bytes: 0 }),
  });
  return {
    dryRun,
    removed: Object.fromEntries(GC_KINDS.map((kind) => [kind, amount(kind)])),
    runs: [...runs],
    stay: { ...stay },
    busy: [...busy],
    waiting: { ...waiting },
    aside: aside ?? null,
    sizeBytes: { ...sizeBytes },
    maxSizeBytes: maxSizeBytes ?? null,
    reached: maxSizeBytes === undefined ? null : !isTooLarge(report),
  };
}

/** The list of `skein pin`. */
export function renderPins(pins: readonly PinnedRun[], of: { style: Style; now: number }): string {
  if (pins.length === 0) return 'no run is pinned';
  return pins
    .map(({ run, at }) => `${run}  ${of.style.faint(`pinned ${formatAge(of.now - at)}`)}`)
    .join('\n');
}

/** The object of `skein pin --json`. */
export function pinsJson(pins: readonly PinnedRun[]): JsonObject {
  return { pins: pins.map(({ run, at }) => ({ run, at: new Date(at).toISOString() })) };
}
