import { alignFacts, formatAmount, formatBytes, renderFailure, type Style } from '@skein/view';
import {
  hasMoved,
  type ImageListing,
  type ImageReport,
  type ImageUpdateReport,
  type ListedImage,
  type MovedImage,
} from '@skein/workspace';
import { shortDigest } from './image-step.ts';

/** Absolute paths are told from the workspace's root on. */
export interface ListedFrom {
  readonly pathOf: (path: string) => string;
}

/** `skein image ls`. */
export function renderListing(
  { entry, images }: ImageListing,
  { pathOf, style }: ListedFrom & { readonly style: Style },
): string {
  const noEntry = 'no pipeline is named: which tasks are theirs is not told';
  const whose = entry === undefined ? style.faint(noEntry) : `tasks of ${pathOf(entry)}`;
  if (images.length === 0) return 'no image is locked, and no task names one';
  const rows = images.map((it) => [
    it.name,
    it.locked === undefined ? 'not locked' : shortDigest(it.locked.digest),
    it.locked?.platform ?? '',
    nodeOf(it),
    it.tasks.join(', '),
  ]);
  return [...table(['image', 'digest', 'platform', 'node', 'tasks'], rows, style), '', whose].join(
    '\n',
  );
}

function nodeOf({ locked }: ListedImage): string {
  return locked === undefined ? '' : (locked.node ?? "Skein's own");
}

export function listingJson({ entry, images }: ImageListing, { pathOf }: ListedFrom): unknown {
  return {
    entry: entry === undefined ? null : pathOf(entry),
    images: images.map(({ name, kind, locked, tasks }) => ({
      image: name,
      kind,
      platform: locked?.platform ?? null,
      digest: locked?.digest ?? null,
      reference: locked?.reference ?? null,
      node: locked?.node ?? null,
      tasks,
    })),
  };
}

interface UpdateView extends ListedFrom {
  readonly dryRun: boolean;
}

/** `skein image update`. */
export function renderUpdate(
  report: ImageUpdateReport,
  { pathOf, dryRun, style }: UpdateView & { readonly style: Style },
): string {
  const { entry, updates, executeAgain, skipped } = report;
  const moved = updates.filter(hasMoved);
  const lines: string[] = moved.flatMap((it) => describeMove(it, style));
  if (updates.length === 0) lines.push('the lock has no image, and no task names one');
  else if (moved.length === 0) {
    lines.push(`nothing moved: ${formatAmount(updates.length, 'image')} as locked`);
  } else {
    const by = entry === undefined ? 'by the records of earlier runs' : `of ${pathOf(entry)}`;
    const none = `no task ${by} executes again`;
    lines.push(
      '',
      ...(executeAgain.length === 0
        ? [none]
        : [`tasks ${by} that execute again:`, ...executeAgain.map((task) => `  ${task}`)]),
      '',
      style.faint(dryRun ? 'nothing was written: --dry-run' : 'commit skein.images.json'),
    );
  }
  if (skipped.length > 0) {
    lines.push('', `not asked about, for that takes "--entry": ${skipped.join(', ')}`);
  }
  return lines.join('\n');
}

function describeMove({ name, before, after }: MovedImage, style: Style): string[] {
  const old = before === undefined ? 'not locked' : before;
  return [style.strong(name), `  ${old}`, `  → ${after ?? 'to be built'}`];
}

export function updateJson(report: ImageUpdateReport, { pathOf, dryRun }: UpdateView): unknown {
  const { entry, updates, executeAgain, skipped } = report;
  return {
    dryRun,
    entry: entry === undefined ? null : pathOf(entry),
    by: entry === undefined ? 'records' : 'entry',
    images: updates.map((it) => ({
      image: it.name,
      kind: it.kind,
      moved: hasMoved(it),
      before: it.before ?? null,
      after: it.after ?? null,
    })),
    executeAgain,
    skipped,
  };
}

/** `skein image inspect`. */
export function renderInspection({ locked, registry }: ImageReport, style: Style): string {
  const lines: string[] = [style.strong('in the lock')];
  if (locked.length === 0) lines.push('  nothing');
  for (const { platform, image } of locked) {
    lines.push(
      ...alignFacts(
        [
          ['image', image.name],
          ['platform', platform],
          ['digest', image.digest],
          ['where', image.reference],
          ['node', image.node ?? "Skein's own"],
        ],
        style,
      ),
    );
  }
  lines.push('', style.strong('in the registry'));
  if (!registry.ok) return [...lines, renderFailure(registry.failure, style)].join('\n');
  const { reference, digest, isIndex, platforms } = registry.value;
  const what = isIndex ? `${digest}, an index` : digest;
  lines.push(...alignFacts([['image', reference] as const, ['digest', what] as const], style));
  for (const one of platforms) {
    const { platform, size, layers, created, user, node, entrypoint, command, variables } = one;
    const facts = [
      ['platform', platform],
      ['digest', one.digest],
      ['size', `${formatBytes(size)} in ${formatAmount(layers, 'layer')}`],
      ...(created === undefined ? [] : [['created', created] as const]),
      ...(user === undefined ? [] : [['user', user] as const]),
      ...(node === undefined ? [] : [['node', node] as const]),
      ...listFact('entrypoint', entrypoint),
      ...listFact('command', command),
      ...listFact('variables', variables),
    ] as const;
    lines.push('', ...alignFacts(facts, style));
  }
  return lines.join('\n');
}

function listFact(name: string, list: readonly string[]): readonly (readonly [string, string])[] {
  return list.length === 0 ? [] : [[name, list.join(' ')]];
}

export function inspectionJson({ locked, registry }: ImageReport): unknown {
  return {
    locked: locked.map(({ key, kind, platform, image: { name, digest, reference, node } }) => ({
      image: name,
      key,
      kind,
      platform,
      digest,
      reference,
      node: node ?? null,
    })),
    registry: registry.ok ? registry.value : null,
    error: registry.ok ? null : registry.failure.headline,
  };
}

function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] {
  const widths = columns.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [style.faint(line(columns)), ...rows.map(line)];
}
