import type { CheckpointId, Failure, Stamp, TaskBehaviour, TaskDefinition } from '@skein/model';
import type { Digest } from '@skein/values';
import type { AnalysedModule } from './analysis.ts';
import type { TaskUse } from './call-graph.ts';
import type { Target } from './graph.ts';
import type { ModuleSummary } from './summary.ts';
import type { Watched } from './watch.ts';

/** The finished analysis of an entry as it is kept: all that a run with no change reads. */
export interface AnalysisRecord {
  /** Tools and target it was made with; another key makes it worthless. */
  readonly key: string;
  readonly entry: string;
  /** A setting of the code of all tasks. */
  readonly passThrough: readonly string[];
  readonly modules: readonly KeptModule[];
  /** Files imported as data. */
  readonly data: readonly KeptFile[];
  readonly watched: Watched;
  /** Folders of packages that count, with their digests. */
  readonly packages: readonly { readonly folder: string; readonly digest: Digest }[];
  readonly tasks: readonly TaskDefinition[];
  /** Digest of each checkpoint's own code. */
  readonly checkpoints: readonly (readonly [CheckpointId, Digest])[];
  /** Name of the facts that the manifests' parts are told from. */
  readonly facts: string;
  readonly behaviours: readonly TaskBehaviour[];
  readonly uses: readonly TaskUse[];
  readonly bundleDigest: Digest;
  readonly sourceDigest: Digest;
  /** Where every import leads. */
  readonly graphDigest: Digest;
  readonly warnings: readonly Failure[];
}

export interface KeptFile {
  readonly path: string;
  readonly stamp: Stamp;
  readonly digest: Digest;
}

export interface KeptModule extends AnalysedModule {
  readonly stamp: Stamp;
  /** Name of the pack that holds the emitted code. */
  readonly pack: string;
}

/** What resolving names and bundling need of a module. */
export interface KeptSource {
  readonly path: string;
  readonly source: Digest;
  readonly pack: string;
  readonly summary: ModuleSummary;
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
