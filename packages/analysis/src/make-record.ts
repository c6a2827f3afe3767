import type { Failure, Stamp, TaskDefinition } from '@skein/model';
import { UNSETTLED } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { TaskUse } from './call-graph.ts';
import type { AnalysisContext } from './context.ts';
import type { ModuleFacts } from './facts.ts';
import { lockfileWarnings } from './lockfile.ts';
import type { AnalysisRecord, KeptFile, KeptModule } from './record.ts';
import type { Recheck } from './recheck.ts';
import type { SourceReader } from './sources.ts';
import type { Watched } from './watch.ts';

/** A module that was read, and where its emitted code is kept. */
export interface AnalysedSource {
  readonly path: string;
  readonly source: Digest;
  readonly pack: string;
}

/** Files of an analysis as they were read: now, or when the kept one was made. */
export class AnalysedFiles {
  readonly #sources: SourceReader;
  readonly #kept: ReadonlyMap<string, KeptFile | KeptModule>;

  constructor(sources: SourceReader, before: Recheck | undefined) {
    this.#sources = sources;
    const kept = [...(before?.record.modules ?? []), ...(before?.record.data ?? [])];
    const same = kept.filter((it) => before?.changed.has(it.path) === false);
    this.#kept = new Map(same.map((it) => [it.path, it]));
  }

  stamp(path: string): Stamp {
    return this.#kept.get(path)?.stamp ?? this.#sources.file(path)?.stamp ?? UNSETTLED;
  }

  data(path: string): KeptFile {
    const kept = this.#kept.get(path);
    if (kept !== undefined && 'digest' in kept) return kept;
    const digest = this.#sources.file(path)?.digest ?? digestOf('blob', '');
    return { path, stamp: this.stamp(path), digest };
  }
}

export interface RecordRequest {
  readonly modules: readonly AnalysedSource[];
  /** In the order of `modules`. */
  readonly facts: readonly ModuleFacts[];
  readonly data: readonly string[];
  readonly files: AnalysedFiles;
  readonly graphDigest: Digest;
  readonly watched: Watched;
  readonly before: Recheck | undefined;
  readonly factsName: string;
  readonly packages: AnalysisRecord['packages'];
  readonly tasks: readonly TaskDefinition[];
  readonly checkpoints: AnalysisRecord['checkpoints'];
  readonly behaviours: AnalysisRecord['behaviours'];
  readonly uses: readonly TaskUse[];
}

/** Everything that a run with no change reads. */
export function makeRecord(context: AnalysisContext, request: RecordRequest): AnalysisRecord {
  const { files, facts, graphDigest, packages } = request;
  const modules = request.modules.map(({ path, source, pack }, at) => {
    const emitted = facts[at]?.emitted ?? digestOf('symbol', '');
    return { path, source, emitted, pack, stamp: files.stamp(path) };
  });
  const data = request.data.map((it) => files.data(it));
  const sourceLines = [
    ...modules.map((it) => `${it.path} ${it.source}`),
    ...data.map((it) => `${it.path} ${it.digest}`),
  ];
  const codeLines = [
    ...modules.map((it) => `${it.path} ${it.emitted}`),
    ...data.map((it) => `${it.path} ${it.digest}`),
  ];
  const bundled = [context.entry, context.target, ...codeLines, graphDigest];
  return {
    key: context.key,
    entry: context.entry,
    passThrough: context.passThrough,
    modules,
    data,
    watched: request.watched,
    packages,
    tasks: request.tasks,
    checkpoints: request.checkpoints,
    facts: request.factsName,
    behaviours: request.behaviours,
    uses: request.uses,
    bundleDigest: digestOf('bundle', bundled.join('\n')),
    sourceDigest: digestOf('bundle', sourceLines.join('\n')),
    graphDigest,
    warnings: warningsOf(context, request),
  };
}

/** Where neither packages nor the lock file changed, nothing new is to be said about them. */
function warningsOf(context: AnalysisContext, request: RecordRequest): readonly Failure[] {
  const { before, packages, watched } = request;
  const isSame =
    before !== undefined &&
    before.record.watched === watched &&
    JSON.stringify(before.record.packages) === JSON.stringify(packages);
  if (isSame) return before.record.warnings;
  return lockfileWarnings(
    context,
    packages.map((it) => it.folder),
  );
}
