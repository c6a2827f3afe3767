import { decode, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Analysis, PackageMember, UsedPackage } from '@skein/analysis';
import type {
  CheckpointId,
  CodeManifest,
  CodePart,
  TaskBehaviour,
  TaskDefinition,
  TaskId,
} from '@skein/model';
import type { TraceStore } from '@skein/store';

/** Kinds of what is kept of code. */
export const MANIFESTS = 'code-manifests';
export const SYMBOL = 'symbol';
export const PACKAGE = 'package';
export const DEFINITIONS = 'run-code';
const FORMAT = 1;

export type Kept = Pick<TraceStore, 'keep' | 'kept'>;

/** A declaration or statement as its author wrote it, and where it began, 1-based. */
export interface SymbolSource {
  readonly line: number;
  readonly text: string;
}

/** What is known of an entry's code, and where its parts come from. */
export type Code = Pick<Analysis, 'manifests' | 'symbolSource' | 'packageClosure'>;

/**
 * Keeps what a run's code was: the manifest of every task, the source of every declaration and
 * statement that is new, and what new packages depend on, each under its digest, so that later
 * commands can show what changed. Returns the digest of the manifests.
 */
export function keepCode(store: Kept, code: Code): Digest {
  const bytes = encode([...code.manifests.values()]);
  const digest = digestOf('manifest', bytes);
  if (store.kept(MANIFESTS, digest) !== undefined) return digest;
  const seen = new Set<Digest>();
  for (const manifest of code.manifests.values()) {
    for (const part of manifest.parts) {
      if (!('digest' in part) || seen.has(part.digest)) continue;
      seen.add(part.digest);
      keepPart(store, part, code);
    }
  }
  store.keep(MANIFESTS, digest, bytes);
  return digest;
}

/**
 * What a run of recorded code needs besides bundle and manifests: nothing of it can be found out
 * again once the sources have changed.
 */
export type Definitions = Pick<
  Analysis,
  'sourceDigest' | 'tasks' | 'behaviours' | 'checkpoints' | 'packages'
>;

/** A bundle with the manifests of its tasks: what a run's start names. */
export interface CodeName {
  readonly bundle: Digest;
  readonly code: Digest;
}

/**
 * Keeps all of an entry's code that a run names, but for the bundle. Returns the digest of the
 * manifests. Nobody may remove what a recorded run names: under the digest of its manifests the
 * manifests themselves, under that and its bundle's the definitions, and the bundle in the state
 * directory.
 */
export function keepEntry(
  store: Kept,
  entry: Code & Definitions & Pick<Analysis, 'bundleDigest'>,
): Digest {
  const code = keepCode(store, entry);
  keepDefinitions(store, { bundle: entry.bundleDigest, code }, entry);
  return code;
}

/** Keeps the definitions of a bundle, once. */
export function keepDefinitions(store: Kept, name: CodeName, of: Definitions): void {
  const key = definitionsKey(name);
  if (store.kept(DEFINITIONS, key) !== undefined) return;
  const { sourceDigest, tasks, behaviours, checkpoints, packages } = of;
  const behaving = [...behaviours.values()];
  const body = encode([sourceDigest, tasks, behaving, [...checkpoints], packages]);
  store.keep(DEFINITIONS, key, encode([FORMAT, digestOf('manifest', body), body]));
}

/** `undefined` where they are gone, or of another form. */
export function readDefinitions(store: Kept, name: CodeName): Definitions | undefined {
  const list = readKept(store, DEFINITIONS, definitionsKey(name));
  if (!Array.isArray(list)) return undefined;
  const [format, sum, body] = list as readonly unknown[];
  if (format !== FORMAT || !(body instanceof Uint8Array)) return undefined;
  if (digestOf('manifest', body) !== sum) return undefined;
  const [sourceDigest, tasks, behaviours, checkpoints, packages] = decode(body) as readonly [
    Digest,
    readonly TaskDefinition[],
    readonly TaskBehaviour[],
    readonly (readonly [CheckpointId, Digest])[],
    readonly UsedPackage[],
  ];
  return {
    sourceDigest,
    tasks,
    behaviours: new Map(behaviours.map((one) => [one.task, one])),
    checkpoints: new Map(checkpoints),
    packages,
  };
}

/** Under which key the definitions of a bundle are kept. */
export function definitionsKey({ bundle, code }: CodeName): Digest {
  return digestOf('manifest', `${DEFINITIONS}\n${bundle}\n${code}`);
}

function keepPart(
  store: Kept,
  part: Extract<CodePart, { readonly digest: Digest }>,
  code: Code,
): void {
  const kind = part.kind === 'package' ? PACKAGE : SYMBOL;
  if (store.kept(kind, part.digest) !== undefined) return;
  if (part.kind === 'package') {
    const members = code.packageClosure(part);
    if (members === undefined) return;
    const lines = members.map(({ name, version, files }) => [name, version, files]);
    store.keep(PACKAGE, part.digest, encode(lines));
    return;
  }
  const source = code.symbolSource(part);
  if (source !== undefined) store.keep(SYMBOL, part.digest, encode([source.line, source.text]));
}

/** The manifests that a run recorded; `undefined` where they are gone. */
export function readCode(
  store: Kept,
  digest: Digest,
): ReadonlyMap<TaskId, CodeManifest> | undefined {
  const bytes = store.kept(MANIFESTS, digest);
  if (bytes === undefined || digestOf('manifest', bytes) !== digest) return undefined;
  return new Map((decode(bytes) as CodeManifest[]).map((manifest) => [manifest.task, manifest]));
}

/** The package itself and what it depended on, as it was installed under this digest. */
export function readPackage(store: Kept, digest: Digest): readonly PackageMember[] | undefined {
  const list = readKept(store, PACKAGE, digest);
  if (!Array.isArray(list)) return undefined;
  return (list as readonly [string, string, Digest][]).map(([name, version, files]) => {
    return { name, version, files };
  });
}

/** The source that was kept under a part's digest when it was first seen. */
export function readSource(store: Kept, digest: Digest): SymbolSource | undefined {
  const kept = readKept(store, SYMBOL, digest);
  if (!Array.isArray(kept)) return undefined;
  const [line, text] = kept as readonly unknown[];
  return typeof line === 'number' && typeof text === 'string' ? { line, text } : undefined;
}

function readKept(store: Kept, kind: string, digest: Digest): unknown {
  const bytes = store.kept(kind, digest);
  if (bytes === undefined) return undefined;
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
