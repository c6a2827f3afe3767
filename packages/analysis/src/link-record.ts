import type { Digest } from '@skein/values';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import type { Keeper, KeptStretch } from './keep.ts';
import { shortSum } from './keep.ts';
import type { KeptSource } from './record.ts';

const FOLDER = 'sources';

/** Where in a content each module stands that was kept at one go. */
export interface SourceList {
  /** Name of the content. */
  readonly name: string;
  /** Digest of every configuration file that emission depends on. */
  readonly configuration: Digest;
  /** In order of path. */
  readonly modules: readonly ListedSource[];
}

interface ListedSource extends KeptStretch {
  readonly path: string;
}

/** Modules that changed since the list was written. */
interface SourceEdits {
  /** The analysis that the list is of, with these modules: see `identityOf`. */
  readonly of: string;
  /** Name of the content of the list that this belongs to. */
  readonly base: string;
  readonly modules: readonly KeptSource[];
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

/** What was kept of a module cannot be read any more. */
export class DamagedSource extends Error {
  override readonly name = 'DamagedSource';
}

/** What was kept of the modules of an analysis. A module is read when it is asked for. */
export class KeptSources {
  /** Of which analysis. */
  readonly of: string;
  readonly configuration: Digest;
  readonly edited: ReadonlyMap<string, KeptSource>;
  readonly #keeper: Keeper;
  readonly #list: SourceList;
  readonly #read = new Map<string, KeptSource>();
  #places: ReadonlyMap<string, ListedSource> | undefined;

  constructor(keeper: Keeper, list: SourceList, edits: SourceEdits) {
    this.of = edits.of;
    this.configuration = list.configuration;
    this.edited = new Map(edits.modules.map((it) => [it.path, it]));
    this.#keeper = keeper;
    this.#list = list;
  }

  get name(): string {
    return this.#list.name;
  }

  /** `undefined`: there is no such module. Throws `DamagedSource`. */
  find(path: string): KeptSource | undefined {
    const known = this.edited.get(path) ?? this.#read.get(path);
    if (known !== undefined) return known;
    this.#places ??= new Map(this.#list.modules.map((it) => [it.path, it]));
    const place = this.#places.get(path);
    if (place === undefined) return undefined;
    const text = this.#keeper.loadStretch(FOLDER, this.name, place);
    if (text === undefined) throw new DamagedSource(path);
    const found = JSON.parse(text) as KeptSource;
    this.#read.set(path, found);
    return found;
  }

  /** Every module in order of path; `undefined` where they are damaged. */
  all(): readonly KeptSource[] | undefined {
    const lines = this.#keeper.loadContent(FOLDER, this.name)?.split('\n');
    return lines?.map((line) => {
      const found = JSON.parse(line) as KeptSource;
      return this.edited.get(found.path) ?? found;
    });
  }
}

export function loadSources(context: AnalysisContext): KeptSources | undefined {
  const { keeper } = context;
  const edits = keeper.load(recordName(context, 'edits')) as SourceEdits | undefined;
  const list = keeper.load(recordName(context, 'list')) as SourceList | undefined;
  if (edits === undefined || list?.name !== edits.base) return undefined;
  return new KeptSources(keeper, list, edits);
}

/** Writes the whole list; the modules are in order of path. */
export function saveSources(
  context: AnalysisContext,
  of: string,
  given: { readonly configuration: Digest; readonly modules: readonly KeptSource[] },
): void {
  const { keeper } = context;
  const { configuration } = given;
  const lines: string[] = [];
  const modules: ListedSource[] = [];
  let start = 0;
  for (const it of given.modules) {
    const line = JSON.stringify(it);
    const end = start + Buffer.byteLength(line);
    lines.push(line);
    modules.push({ path: it.path, start, end, sum: shortSum(line) });
    start = end + 1;
  }
  const name = keeper.saveContent(FOLDER, lines.join('\n'));
  keeper.save(recordName(context, 'list'), { name, configuration, modules } satisfies SourceList);
  const edits: SourceEdits = { of, base: name, modules: [] };
  keeper.save(recordName(context, 'edits'), edits);
}

/** Writes what changed over a list that stays. False: there were too many edits for that. */
export function saveEdits(
  context: AnalysisContext,
  of: string,
  change: { readonly sources: KeptSources; readonly modules: readonly KeptSource[] },
): boolean {
  const { sources, modules } = change;
  const byPath = new Map([...sources.edited.values(), ...modules].map((it) => [it.path, it]));
  if (byPath.size > MOST_EDITS) return false;
  const edits: SourceEdits = { of, base: sources.name, modules: [...byPath.values()] };
  context.keeper.save(recordName(context, 'edits'), edits);
  return true;
}
