/** One page of names in the order of their bytes. */
export interface Page<T> {
  readonly items: readonly T[];
  /** There are names behind the last one. */
  readonly more: boolean;
}

export interface PageRequest {
  readonly prefix: string;
  /** Only names behind this one. */
  readonly after: string;
  readonly most: number;
}

export type AskPage<T> = (request: PageRequest) => Promise<Page<T>>;

const LANES = 16;
const FIRST_PAGE = 50;
const LEAST_PAGE = 10;
const LARGEST_PAGE = 1_000;

/**
 * What lies below many folders of a store that only gives sorted pages. One request a folder would
 * be thousands; the whole listing may be millions of names. So the folders are walked in order, and
 * each page starts at the next folder that is wanted: never more requests than folders, nor many
 * more than pages. Pages grow where they cover several folders. Lanes run side by side.
 */
export async function* skipScan<T extends { readonly name: string }>(
  folders: readonly string[],
  ask: AskPage<T>,
): AsyncGenerator<T, void, undefined> {
  const sorted = outermost(folders);
  const size = Math.ceil(sorted.length / LANES);
  const lanes: AsyncGenerator<readonly T[], void, undefined>[] = [];
  for (let first = 0; first < sorted.length; first += size) {
    lanes.push(scanLane(sorted.slice(first, first + size), ask));
  }
  yield* merge(lanes);
}

async function* scanLane<T extends { readonly name: string }>(
  folders: readonly string[],
  ask: AskPage<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  const prefix = startOfAll(folders);
  let most = folders.length === 1 ? LARGEST_PAGE : FIRST_PAGE;
  let index = 0;
  let after = folders[0];
  while (after !== undefined) {
    const page = await ask({ prefix, after, most });
    const found: T[] = [];
    const before = index;
    for (const item of page.items) {
      index = firstNotBehind(folders, index, item.name);
      const folder = folders[index];
      if (folder === undefined) break;
      if (item.name.startsWith(folder)) found.push(item);
    }
    if (found.length > 0) yield found;
    const last = page.items.at(-1)?.name;
    if (!page.more || last === undefined) return;
    if (folders.length > 1) most = nextSize(most, index - before);
    const folder = folders[index];
    after = folder !== undefined && folder < last ? last : folder;
  }
}

function nextSize(most: number, covered: number): number {
  if (covered >= 2) return Math.min(LARGEST_PAGE, most * 2);
  return Math.max(LEAST_PAGE, Math.floor(most / 2));
}

/** The first folder, from `index` on, that `name` lies in or before. */
function firstNotBehind(folders: readonly string[], index: number, name: string): number {
  let at = index;
  for (let folder = folders[at]; folder !== undefined; folder = folders[at]) {
    if (name.startsWith(folder) || name < folder) break;
    at += 1;
  }
  return at;
}

/** Sorted, without those that lie in another one. */
function outermost(folders: readonly string[]): string[] {
  const kept: string[] = [];
  for (const folder of [...new Set(folders)].sort()) {
    const last = kept.at(-1);
    if (last === undefined || !folder.startsWith(last)) kept.push(folder);
  }
  return kept;
}

function startOfAll(sorted: readonly string[]): string {
  const [first = ''] = sorted;
  const last = sorted.at(-1) ?? '';
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  return first.slice(0, length);
}

/** Whatever comes first is given first. */
async function* merge<T>(
  lanes: readonly AsyncGenerator<readonly T[], void, undefined>[],
): AsyncGenerator<T, void, undefined> {
  const next = (lane: (typeof lanes)[number]) => lane.next().then((result) => ({ lane, result }));
  const waiting = new Map(lanes.map((lane) => [lane, next(lane)]));
  try {
    while (waiting.size > 0) {
      const { lane, result } = await Promise.race(waiting.values());
      if (result.done === true) {
        waiting.delete(lane);
        continue;
      }
      waiting.set(lane, next(lane));
      yield* result.value;
    }
  } finally {
    for (const one of waiting.values()) one.catch(() => undefined);
    await Promise.allSettled(lanes.map((lane) => lane.return()));
  }
}
