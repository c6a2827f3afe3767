import type { Provenance } from '@skein/model';
import { formatAmount, formatBytes, formatCount } from './amount.ts';
import { formatAge, formatDuration } from './duration.ts';
import { alignFacts } from './facts.ts';
import type {
  PullReport,
  PushReport,
  SharedAmount,
  SharedListing,
  SharedResult,
  SharedRevocation,
  SharedStats,
  SharedSweep,
  SharedThing,
  SharedVerification,
} from './shared-result.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';

export interface SharedView {
  readonly style: Style;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Facts = readonly (readonly [string, string])[];

/** Digits of a key, an id or a writer's name that people read. */
const SHORT = 12;

/**
 * ```
 * 3 of 1,204 results at "https://cache.example.com"
 *   4f1c09a2d3b1  trusted  features  by ana@build-7, 2 hours ago
 * ```
 */
export function renderListing(listing: SharedListing, { style, now }: SharedView): string {
  const { place, results, total, nx } = listing;
  const shown = results.length === total ? '' : `${formatCount(results.length)} of `;
  const others = nx === 0 ? '' : `, and ${formatAmount(nx, 'artifact')} of Nx`;
  const head = `${shown}${formatAmount(total, 'result')} at "${place}"${others}`;
  const scope = Math.max(0, ...results.map((one) => one.scope.length));
  const task = Math.max(0, ...results.map((one) => nameOfTask(one).length));
  return [
    style.strong(head),
    ...results.map((one) => {
      const words = [style.name(one.key.slice(0, SHORT)), one.scope.padEnd(scope)];
      const who = style.faint(`${whoMade(one)}, ${formatAge(now - one.receivedAt)}`);
      const trouble = one.trouble === undefined ? '' : style.bad(`  not believed: ${one.trouble}`);
      return `  ${[...words, nameOfTask(one).padEnd(task), who].join('  ')}${trouble}`;
    }),
  ].join('\n');
}

function nameOfTask({ made }: SharedResult): string {
  return made === undefined ? '?' : taskName(made.task);
}

function whoMade({ made, token }: SharedResult): string {
  const provenance = made?.provenance;
  const name = provenance === undefined ? undefined : personOf(provenance);
  return `by ${name ?? `token ${token}`}`;
}

function personOf({ user, host, ci }: Provenance): string | undefined {
  if (ci !== undefined) return ci;
  return user === undefined ? host : `${user}${host === undefined ? '' : `@${host}`}`;
}

/** `skein cache inspect`. */
export function renderThings(things: readonly SharedThing[], view: SharedView): string {
  return things.map((thing) => renderThing(thing, view)).join('\n\n');
}

function renderThing(thing: SharedThing, { style, now }: SharedView): string {
  const when = (at: number): string => `${new Date(at).toISOString()}, ${formatAge(now - at)}`;
  if (thing.kind === 'result') return renderResult(thing.result, { style, now });
  const facts: Facts = [
    ['scope', thing.scope],
    ['size', formatBytes(thing.size)],
    ...(thing.kind === 'nx'
      ? [['token', thing.token] as const, ['received', when(thing.receivedAt)] as const]
      : []),
    ['used', when(thing.usedAt)],
  ];
  const name = thing.kind === 'nx' ? `artifact of Nx ${thing.hash}` : `blob ${thing.digest}`;
  return [style.strong(name), ...alignFacts(facts, style)].join('\n');
}

function renderResult(result: SharedResult, { style, now }: SharedView): string {
  const { key, id, scope, size, receivedAt, token, writer, made, trouble } = result;
  const when = (at: number): string => `${new Date(at).toISOString()}, ${formatAge(now - at)}`;
  const facts: Facts = [
    ['key', key],
    ['entry', id],
    ['scope', scope],
    ['writer', writer ?? 'not signed'],
    ['token', token],
    ['received', when(receivedAt)],
    ['size', formatBytes(size)],
    ...(made === undefined
      ? []
      : [
          ['outcome', made.outcome] as const,
          ['made', `${when(made.at)}, in ${formatDuration(made.durationMs)}`] as const,
          ['run', `${made.run}, action ${made.action}`] as const,
          ...provenanceFacts(made.provenance),
          ['observed', formatCount(made.observations)] as const,
          ...(made.blobs.length === 0 ? [] : [['blobs', made.blobs.join('\n')] as const]),
        ]),
    ...(trouble === undefined ? [] : [['not believed', trouble] as const]),
  ];
  const head = made === undefined ? `result ${key.slice(0, SHORT)}` : made.task;
  return [style.strong(head), ...alignFacts(facts, style)].join('\n');
}

function provenanceFacts(provenance: Provenance): Facts {
  const { user, host, skein, commit, ref, ci } = provenance;
  const told: readonly (readonly [string, string | undefined])[] = [
    ['user', user],
    ['host', host],
    ['commit', commit],
    ['ref', ref],
    ['ci', ci],
    ['skein', skein],
  ];
  return told.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** `skein cache stats`. */
export function renderStats({ place, scopes, total }: SharedStats, style: Style): string {
  const amount = ({ count, bytes }: SharedAmount, noun: string): string[] =>
    count === 0 ? [] : [`${formatAmount(count, noun)}, ${formatBytes(bytes)}`];
  const facts = scopes.map(({ scope, trace, blob, nx }): [string, string] => {
    const lines = [...amount(trace, 'result'), ...amount(blob, 'blob')];
    return [scope, [...lines, ...amount(nx, 'Nx artifact')].join('\n') || 'nothing'];
  });
  const objects = formatAmount(total.count, 'object');
  const head = `${formatBytes(total.bytes)} in ${objects} at "${place}"`;
  return [style.strong(head), ...alignFacts(facts, style)].join('\n');
}

const NAMED = 20;

/** `skein cache verify`. */
export function renderVerification(report: SharedVerification, style: Style): string {
  const { place, checked, damaged, damagedCount, entries, unbelieved } = report;
  const size = `${formatAmount(checked.count, 'object')}, ${formatBytes(checked.bytes)}`;
  const head = isSound(report)
    ? `${size} at "${place}", all as they were written`
    : `${formatCount(damagedCount + unbelieved.length)} of ${size} at "${place}" are wrong`;
  const facts: Facts = [
    ['entries', `${formatCount(entries)} read, signatures checked`],
    ...list(
      'damaged, removed',
      damaged.map((name) => name),
      damagedCount,
    ),
    ...list(
      'not believed',
      unbelieved.map(
        (one) => `${one.key.slice(0, SHORT)} ${nameOfTask(one)}: ${one.trouble ?? ''}`,
      ),
      unbelieved.length,
    ),
  ];
  return [style.strong(head), ...alignFacts(facts, style)].join('\n');
}

function list(name: string, lines: readonly string[], count: number): Facts {
  if (count === 0) return [];
  const shown = lines.slice(0, NAMED);
  if (count > shown.length) shown.push(`… ${formatCount(count - shown.length)} more`);
  return [[name, shown.join('\n')]];
}

/** True where nothing was found wrong. */
export function isSound({ damagedCount, unbelieved }: SharedVerification): boolean {
  return damagedCount === 0 && unbelieved.length === 0;
}

/** `skein cache gc`. */
export function renderSweep({ place, dryRun, removed, kept }: SharedSweep, style: Style): string {
  const verb = dryRun ? 'would remove' : 'removed';
  const size = `${formatAmount(removed.count, 'object')}, ${formatBytes(removed.bytes)}`;
  const facts: Facts = [
    ['stay', `${formatCount(kept.count)}, ${formatBytes(kept.bytes)}`],
    ['at', `"${place}"`],
  ];
  return [style.strong(`${verb} ${size}`), ...alignFacts(facts, style)].join('\n');
}

/** `skein cache revoke`. */
export function renderRevocation(report: SharedRevocation, style: Style): string {
  const { place, writers, tokens, removed } = report;
  const facts: Facts = [
    ...(tokens.length === 0 ? [] : [['token', tokens.join('\n')] as const]),
    ...(writers.length === 0 ? [] : [['key', writers.join('\n')] as const]),
    ['at', `"${place}"`],
  ];
  const size = `${formatAmount(removed.count, 'object')}, ${formatBytes(removed.bytes)}`;
  return [style.strong(`revoked; removed ${size}`), ...alignFacts(facts, style)].join('\n');
}

/** `skein cache push`. */
export function renderPush(report: PushReport, style: Style): string {
  const { place, results, pushed, same, conflicts, refused, left, bytes, stay } = report;
  const facts: Facts = [
    ...count('there already', same + conflicts),
    ...count('not taken', refused),
    ...count('not shared yet', left),
    ...(stay.length === 0
      ? []
      : [
          [
            'stay here',
            stay
              .map((one) => `${formatCount(one.count)} ${one.why}, such as ${one.example}`)
              .join('\n'),
          ] as const,
        ]),
    ['at', `"${place}"`],
  ];
  const head = `shared ${formatCount(pushed)} of ${formatAmount(results, 'result')}`;
  const size = bytes === 0 ? '' : `, ${formatBytes(bytes)}`;
  return [style.strong(`${head}${size}`), ...alignFacts(facts, style)].join('\n');
}

function count(name: string, amount: number): Facts {
  return amount === 0 ? [] : [[name, formatCount(amount)]];
}

/** `skein cache pull`. */
export function renderPull(report: PullReport, style: Style): string {
  const { place, entries, learned, bytes, artifacts } = report;
  const facts: Facts = [
    ...(artifacts === undefined
      ? []
      : [
          [
            'artifacts',
            [`${formatCount(artifacts.brought)} here`, ...goneOf(artifacts.gone)].join(', '),
          ] as const,
        ]),
    ['at', `"${place}"`],
  ];
  const head = `learned ${formatCount(learned)} of ${formatAmount(entries, 'key')}`;
  const size = bytes === 0 ? '' : `, ${formatBytes(bytes)}`;
  return [style.strong(`${head}${size}`), ...alignFacts(facts, style)].join('\n');
}

function goneOf(count: number): readonly string[] {
  return count === 0 ? [] : [`${formatCount(count)} gone`];
}
