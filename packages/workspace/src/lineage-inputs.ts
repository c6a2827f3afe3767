import { isAlive, listRuns } from '@skein/journal';
import { type Digest, partDigest, partPath, partsIn } from '@skein/values';
import { bytesOf } from './lineage-path.ts';
import type { FoundPlace } from './lineage-place.ts';
import type { LineageRun } from './lineage-run.ts';
import type { LineageRuns } from './lineage-runs.ts';

/** The inputs of the entries of so many runs are looked through for what lies in them. */
const RUNS = 20;

/** Values that lie within what the entries of the newest runs were given. */
export async function withinInputs(
  runs: LineageRuns,
  isMeant: (digest: Digest) => boolean,
): Promise<readonly { readonly digest: Digest; readonly place: FoundPlace }[]> {
  const newest = listRuns(runs.opened.state.db, { limit: RUNS }, isAlive);
  const found: { digest: Digest; place: FoundPlace }[] = [];
  for (const { run: name } of newest.ok ? newest.value : []) {
    const run = runs.named(name);
    for (const action of run?.index.roots ?? []) {
      if (run !== undefined) found.push(...(await withinInputsOf(run, action, isMeant)));
    }
  }
  return found;
}

async function withinInputsOf(
  run: LineageRun,
  action: number,
  isMeant: (digest: Digest) => boolean,
): Promise<{ digest: Digest; place: FoundPlace }[]> {
  const found: { digest: Digest; place: FoundPlace }[] = [];
  for (const place of run.recorded(action)?.inputs.keys() ?? []) {
    const bytes = await run.input(action, place);
    if (bytes === undefined) continue;
    for (const { digest, ...part } of partsNamed(bytes, isMeant)) {
      found.push({ digest, place: { run, action, role: 'input', place, ...part } });
    }
  }
  return found;
}

/** The parts of a value that have a wanted digest. */
export function partsNamed(
  bytes: Uint8Array,
  isMeant: (digest: Digest) => boolean,
): { digest: Digest; path: string; bytes: Uint8Array }[] {
  const parts = partsIn(bytes);
  return parts.flatMap((part, at) => {
    const digest = partDigest(bytes, part);
    if (!isMeant(digest)) return [];
    return [{ digest, path: partPath(parts, at), bytes: bytesOf(bytes, part) }];
  });
}
