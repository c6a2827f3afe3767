import type {
  CheckpointId,
  CodeManifest,
  CodePart,
  Failure,
  Result,
  TaskBehaviour,
  TaskDefinition,
  TaskId,
} from '@skein/model';
import type { Digest } from '@skein/values';
import type { CallGraph } from './call-graph.ts';
import type { PackageMember } from './packages.ts';

export interface AnalyseRequest {
  /** Absolute workspace root. */
  readonly root: string;
  /** Absolute path of the entry module. */
  readonly entry: string;
  /** Absolute state directory: what analysis keeps and the bundles lie below it. */
  readonly state: string;
  /** esbuild target of emitted code. Default: `node24`. */
  readonly nodeTarget?: string;
  /**
   * Packages of the configuration that only pass on what they read (O3). What an execution records
   * depends on them, so they are a setting of every task's code.
   */
  readonly passThrough?: readonly string[];
  /** Milliseconds since 1970: decides only whether a file is too fresh to trust its times (C8). */
  readonly now?: () => number;
}

/** Everything wrong with the entry's code at once, in order of path and line. */
export type AnalysisResult =
  | { readonly ok: true; readonly analysis: Analysis }
  | { readonly ok: false; readonly failures: readonly [Failure, ...Failure[]] };

export interface AnalysedModule {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  /** Digest of the source bytes. */
  readonly source: Digest;
  /** Digest of the emitted code without comments, layout and positions. */
  readonly emitted: Digest;
}

/** A file that is imported as data (C7). */
export interface DataFile {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  /** Digest of its bytes. */
  readonly source: Digest;
}

/** An installed package that counts for some task. */
export interface UsedPackage {
  /** Relative to the workspace root, with `/`. */
  readonly folder: string;
  /** That of the `package` part which stands for it, if its content is still the same (C6). */
  readonly digest: Digest;
}

/** Whole lines of a source file, without the last line's end. */
export interface SourceLines {
  /** Of the first line, from 1. */
  readonly line: number;
  readonly text: string;
}

/** What is known of an entry and of all it imports, without running it. */
export interface Analysis {
  readonly root: string;
  /** Absolute state directory. */
  readonly state: string;
  /** Workspace-relative entry module. */
  readonly entry: string;
  readonly modules: readonly AnalysedModule[];
  readonly data: readonly DataFile[];
  readonly packages: readonly UsedPackage[];
  /** By module in order of path, within a module in source order. */
  readonly tasks: readonly TaskDefinition[];
  readonly manifests: ReadonlyMap<TaskId, CodeManifest>;
  /** What follows from the code of each task for its executions (O3, O8). */
  readonly behaviours: ReadonlyMap<TaskId, TaskBehaviour>;
  /** Digest of each checkpoint's own code, those that `durable` is made of included (R4). */
  readonly checkpoints: ReadonlyMap<CheckpointId, Digest>;
  /** Code, import map and settings: not comments, not positions. */
  readonly bundleDigest: Digest;
  /** Source bytes of all modules: what positions in stack traces depend on. */
  readonly sourceDigest: Digest;
  readonly warnings: readonly Failure[];
  /** Emitted text of a `symbol` or `effect` part. */
  symbolText(digest: Digest): string | undefined;
  /**
   * The author's lines of a `symbol`, `effect` or `module` part of one of the manifests, found when
   * asked for; `undefined` where the source has changed since, or cannot be told.
   */
  symbolSource(part: CodePart): SourceLines | undefined;
  /**
   * What the digest of a `package` part of one of the manifests covers (C6): the package itself,
   * then what it depends on.
   */
  packageClosure(part: CodePart): readonly PackageMember[] | undefined;
  /** The worker bundle with its source map beside it; made when it is not there yet. */
  ensureBundle(): Promise<Result<{ readonly path: string }>>;
  callGraph(): CallGraph;
}
