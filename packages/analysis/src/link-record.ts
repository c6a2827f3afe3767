import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import type { LinkBase, LinkedSource, LinkEdits } from './record.ts';

/** What was kept for linking again. */
export interface Links {
  /** Of which analysis: see `identityOf`. */
  readonly of: string;
  readonly configuration: Digest;
  readonly modules: readonly LinkedSource[];
  readonly graph: LinkBase['graph'];
  readonly base: LinkBase;
  readonly edited: readonly LinkedSource[];
}

/** Sources, emitted code and import map: records that agree in it belong to one analysis. */
export function identityOf(record: {
  readonly sourceDigest: Digest;
  readonly bundleDigest: Digest;
}): string {
  return `${record.sourceDigest} ${record.bundleDigest}`;
}

/** Above this many edits the whole list is written anew. */
const MOST_EDITS = 64;

export function loadLinks(context: AnalysisContext): Links | undefined {
  const { keeper } = context;
  const edits = keeper.load(recordName(context, 'edits')) as LinkEdits | undefined;
  if (edits === undefined) return undefined;
  const base = keeper.load(recordName(context, 'link')) as LinkBase | undefined;
  if (base === undefined || base.name !== edits.base) return undefined;
  const { configuration, graph } = base;
  const { of, modules: edited } = edits;
  const byPath = new Map(edited.map((it) => [it.path, it]));
  const modules = base.modules.map((it) => byPath.get(it.path) ?? it);
  return { of, configuration, graph, modules, base, edited };
}

/** Writes the whole list. */
export function saveLinks(
  context: AnalysisContext,
  of: string,
  list: Omit<LinkBase, 'name'>,
): void {
  const { keeper } = context;
  const name = digestOf('manifest', `${of} ${list.configuration} ${context.now()}`);
  keeper.save(recordName(context, 'link'), { name, ...list } satisfies LinkBase);
  const edits: LinkEdits = { of, base: name, modules: [] };
  keeper.save(recordName(context, 'edits'), edits);
}

/** Writes what changed over a list that stays. False: there were too many edits for that. */
export function saveEdits(
  context: AnalysisContext,
  of: string,
  change: { readonly links: Links; readonly modules: readonly LinkedSource[] },
): boolean {
  const { links, modules } = change;
  const byPath = new Map([...links.edited, ...modules].map((it) => [it.path, it]));
  if (byPath.size > MOST_EDITS) return false;
  const edits: LinkEdits = { of, base: links.base.name, modules: [...byPath.values()] };
  context.keeper.save(recordName(context, 'edits'), edits);
  return true;
}
