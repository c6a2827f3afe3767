import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { type DigestUse, digestsBeginning, findDigest } from '@skein/journal';
import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import {
  type Digest,
  type DirEntry,
  digestFile,
  digestHex,
  digestSize,
  dirReference,
  encode,
  fileReference,
  inputDigest,
  parseDigest,
  shortDigest,
} from '@skein/values';
import { partsNamed, withinInputs } from './lineage-inputs.ts';
import type { FoundPlace, Subject } from './lineage-place.ts';
import type { LineageRuns } from './lineage-runs.ts';

/** So many places of a value are followed; the others are counted. */
const PLACES = 200;
const AMBIGUOUS = 5;

/** A file or folder on disk, known by its content. */
export async function contentSubject(
  runs: LineageRuns,
  { asked, path }: { readonly asked: string; readonly path: string },
): Promise<Result<Subject>> {
  const isFolder = statSync(path).isDirectory();
  const value = isFolder ? encode(dirReference(await entriesOf(path))) : undefined;
  const digest = value === undefined ? await digestFile(path) : inputDigest(value);
  const bytes = value ?? encode(fileReference({ name: basename(path), digest }));
  const { places, more } = await placesOf(runs, new Set([digest, inputDigest(bytes)]));
  if (places.length === 0) {
    return fail(
      nowhere(`nothing on record has the content of the ${isFolder ? 'folder' : 'file'}`, [
        ['given', `"${asked}"`],
        ['digest', digest],
      ]),
    );
  }
  return succeed({ kind: isFolder ? 'folder' : 'file', digest, bytes, places, more });
}

/** A digest as Skein prints it, or the beginning of one. */
export async function digestSubject(runs: LineageRuns, asked: string): Promise<Result<Subject>> {
  const { db } = runs.opened.state;
  const exact = parseDigest(asked);
  const [hex = ''] = asked.split('-');
  const known = exact === undefined ? digestsBeginning(db, hex, AMBIGUOUS) : [exact];
  if (new Set(known.map(digestHex)).size > 1) return fail(ambiguous(asked, known));
  const within = known.length === 0 ? await withinInputs(runs, (one) => one.startsWith(hex)) : [];
  const digest = known[0] ?? within[0]?.digest;
  if (digest === undefined) return fail(nowhere(`no digest begins with "${asked}"`, []));
  const { places, more } = await placesOf(runs, new Set([digest]));
  if (places.length === 0)
    return fail(nowhere('nothing on record has this digest', [['digest', digest]]));
  const bytes = places.find((place) => place.bytes !== undefined)?.bytes;
  return succeed({
    kind: 'digest',
    digest,
    ...(bytes === undefined ? {} : { bytes }),
    places,
    more,
  });
}

async function placesOf(
  runs: LineageRuns,
  digests: ReadonlySet<Digest>,
): Promise<{ places: readonly FoundPlace[]; more: number }> {
  const places = new Map<string, FoundPlace>();
  let more = 0;
  let isContent = false;
  const add = (place: FoundPlace): void => {
    const name = [place.run.index.number, place.action, place.role, place.place, place.path];
    places.set(name.join(' '), place);
  };
  for (const digest of digests) {
    for (const use of findDigest(runs.opened.state.db, digest)) {
      isContent ||= use.role === 'file';
      if (places.size >= PLACES) more += 1;
      else for (const place of await foundAt(runs, use, digest)) add(place);
    }
  }
  // A file that was given to an action is on record by its name, too.
  if (isContent || places.size === 0) {
    for (const { place } of await withinInputs(runs, (one) => digests.has(one))) add(place);
  }
  return { places: [...places.values()], more };
}

/** A file of a result is looked for in it. */
async function foundAt(
  runs: LineageRuns,
  { run: name, action, role, index }: DigestUse,
  digest: Digest,
): Promise<readonly FoundPlace[]> {
  const run = runs.named(name);
  if (run === undefined) return [];
  if (role === 'input') {
    const bytes = await run.input(action, index);
    return [{ run, action, role, place: index, path: '', bytes }];
  }
  const bytes = await run.result(action);
  const at = { run, action, role: 'result', place: 0 } as const;
  if (role === 'outcome') return [{ ...at, path: '', bytes }];
  if (bytes === undefined) return [];
  return partsNamed(bytes, (one) => one === digest).map((part) => ({ ...at, ...part }));
}

async function entriesOf(folder: string): Promise<readonly DirEntry[]> {
  const entries: DirEntry[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const stats = statSync(path);
    if (!stats.isFile()) continue;
    const digest = await digestFile(path);
    const own = relative(folder, path).split(sep).join('/');
    const executable = (stats.mode & 0o111) !== 0;
    entries.push({ path: own, digest, size: digestSize(digest), executable });
  }
  return entries;
}

function nowhere(headline: string, facts: Failure['facts']): Failure {
  return {
    code: 'lineage-not-found',
    kind: 'usage',
    headline,
    facts,
    hint: 'runs that were removed are not known; `skein runs` lists those on record',
  };
}

function ambiguous(asked: string, known: readonly Digest[]): Failure {
  return {
    code: 'lineage-not-found',
    kind: 'usage',
    headline: `several digests begin with "${asked}"`,
    facts: known.map((digest) => ['digest', `${shortDigest(digest)}…`] as const),
    hint: 'give more of its digits',
  };
}
