import type { InstalledNow, UsedPackage } from '@skein/analysis';
import type { CodeManifest, CodePart, TaskId } from '@skein/model';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';

export interface RecordedManifests {
  readonly manifests: ReadonlyMap<TaskId, CodeManifest>;
  readonly packages: readonly UsedPackage[];
}

/** What recorded code meets today that its manifests cover. */
export interface Today {
  /** By folder; all that are recorded are there. */
  readonly installed: ReadonlyMap<string, InstalledNow>;
  /** Settings that count for every task. */
  readonly settings: readonly CodePart[];
}

/**
 * The manifests under which results of recorded code may be kept today. Where nothing that they
 * cover is different, they are the recorded ones, and so are all keys. Otherwise a manifest's
 * digest covers the recorded one and what stands in its parts' place: no code that is analysed
 * ever has it, so that what another package made is found by nobody but a run of the same recorded
 * code with the same packages (P1). A task whose packages cannot be told is left out: it is not
 * cached.
 */
export function rekey(recorded: RecordedManifests, today: Today): RecordedManifests {
  const now = new Map<Digest, Set<Digest>>();
  const versions = new Map<Digest, string>();
  const packages = recorded.packages.flatMap(({ folder, digest }) => {
    const installed = today.installed.get(folder);
    if (installed === undefined) return [];
    now.set(digest, (now.get(digest) ?? new Set()).add(installed.digest));
    versions.set(installed.digest, installed.version);
    return { folder, digest: installed.digest };
  });
  const partOf = (part: PackagePart): CodePart | undefined => {
    const [found, other] = now.get(part.digest) ?? [];
    // One content in two folders that became two: which of them a task uses is not told.
    if (found === undefined || other !== undefined) return undefined;
    if (found === part.digest) return part;
    return { ...part, version: versions.get(found) ?? part.version, digest: found };
  };
  const manifests = new Map<TaskId, CodeManifest>();
  for (const [task, manifest] of recorded.manifests) {
    const parts = partsToday(manifest.parts, today.settings, partOf);
    if (parts !== undefined) manifests.set(task, rekeyed(manifest, parts));
  }
  return { manifests, packages };
}

type PackagePart = Extract<CodePart, { readonly kind: 'package' }>;

/** Settings of analysis itself, such as the order of evaluation, are part of the recorded code. */
const OF_WORKSPACE: ReadonlySet<string> = new Set(['skein', 'passThrough']);

function partsToday(
  recorded: readonly CodePart[],
  settings: readonly CodePart[],
  partOf: (part: PackagePart) => CodePart | undefined,
): readonly CodePart[] | undefined {
  const parts: CodePart[] = [...settings];
  for (const part of recorded) {
    if (part.kind === 'setting' && OF_WORKSPACE.has(part.name)) continue;
    const now = part.kind === 'package' ? partOf(part) : part;
    if (now === undefined) return undefined;
    parts.push(now);
  }
  return parts;
}

function rekeyed(manifest: CodeManifest, parts: readonly CodePart[]): CodeManifest {
  const before = new Set(manifest.parts.map(lineOf));
  const now = new Set(parts.map(lineOf));
  const fresh = [...now].filter((line) => !before.has(line)).toSorted();
  const gone = [...before].filter((line) => !now.has(line)).toSorted();
  if (fresh.length + gone.length === 0) return manifest;
  const text = ['rekeyed', manifest.digest, ...gone, '', ...fresh].join('\n');
  return { task: manifest.task, digest: digestOf('code', text), parts };
}

function lineOf(part: CodePart): string {
  return JSON.stringify(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
