import type { CodePart, Failure, TaskDefinition, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestHex } from '@skein/values';
import type { AnalysedModule } from './analysis.ts';
import type { TaskUse } from './call-graph.ts';
import type { Target } from './graph.ts';
import type { PartText } from './manifests.ts';
import type { Stamp } from './stamp.ts';
import type { ModuleSummary } from './summary.ts';
import type { Watched } from './watch.ts';

/** The finished analysis of an entry as it is kept: all that a run with no change reads. */
export interface AnalysisRecord {
  /** Tools and target it was made with; another key makes it worthless. */
  readonly key: string;
  readonly entry: string;
  readonly modules: readonly KeptModule[];
  /** Files imported as data. */
  readonly data: readonly KeptFile[];
  readonly watched: Watched;
  /** Folders of packages that count, with their digests. */
  readonly packages: readonly { readonly folder: string; readonly digest: Digest }[];
  readonly tasks: readonly TaskDefinition[];
  /** Every part of any manifest once; a manifest is a list of positions in it. */
  readonly parts: readonly CodePart[];
  readonly texts: readonly (PartText | null)[];
  readonly manifests: readonly KeptManifest[];
  readonly uses: readonly TaskUse[];
  readonly bundleDigest: Digest;
  readonly sourceDigest: Digest;
  readonly warnings: readonly Failure[];
}

export interface KeptManifest {
  readonly task: TaskId;
  readonly digest: Digest;
  readonly parts: readonly number[];
}

export interface KeptFile {
  readonly path: string;
  readonly stamp: Stamp;
  readonly digest: Digest;
}

export interface KeptModule extends AnalysedModule {
  readonly stamp: Stamp;
  /** Name of the pack that holds the emitted code. */
  readonly pack: Digest;
}

/**
 * What linking again and bundling need beside the record. After an edit only the modules that
 * changed are written, over this list, which stays.
 */
export interface LinkBase {
  readonly name: Digest;
  /** Digest of every configuration file that emission depends on. */
  readonly configuration: Digest;
  readonly modules: readonly LinkedSource[];
  readonly graph: readonly KeptGraphModule[];
}

/** Modules that changed since the list was written. */
export interface LinkEdits {
  /** The analysis that the list is of, with these modules. */
  readonly of: string;
  /** Name of the list that this belongs to. */
  readonly base: Digest;
  readonly modules: readonly LinkedSource[];
}

export interface LinkedSource {
  readonly path: string;
  readonly source: Digest;
  readonly pack: Digest;
  readonly summary: ModuleSummary;
}

export interface KeptGraphModule {
  readonly path: string;
  readonly imports: readonly (readonly [key: string, target: Target])[];
  readonly globs: readonly string[];
}

/** Emitted code with its source map, as it is kept. */
export interface KeptEmission {
  readonly code: string;
  readonly map: string;
}

/** All modules that were emitted at one go, by path. */
export type EmissionPack = Readonly<Record<string, KeptEmission>>;

export function packName(pack: Digest): string {
  return `emitted/${digestHex(pack)}.json`;
}
