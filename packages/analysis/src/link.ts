import type { Failure, TaskDefinition, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { TaskUse } from './call-graph.ts';
import type { AnalysisContext } from './context.ts';
import { Dependency, taskId } from './dependencies.ts';
import { failed } from './derived.ts';
import type { Derived } from './derived.ts';
import { evaluateModules } from './effects.ts';
import { EvaluationOrder } from './evaluation-order.ts';
import type { ModuleGraph } from './graph.ts';
import { Judge } from './judge.ts';
import { lockfileWarnings } from './lockfile.ts';
import { makeManifests } from './manifests.ts';
import type { LinkedManifests, LinkedTask } from './manifests.ts';
import { readManifest } from './packages.ts';
import type { InstalledPackage } from './packages.ts';
import type { AnalysisRecord, KeptManifest, LinkedSource } from './record.ts';
import type { Recheck } from './recheck.ts';
import { NameResolver } from './resolve-names.ts';
import { isCode } from './settings.ts';
import type { SourceReader } from './sources.ts';
import { UNSETTLED } from './stamp.ts';
import type { Stamp } from './stamp.ts';
import { suspicionFailures } from './suspect.ts';
import type { Watched } from './watch.ts';
import { foldersAbove, toAbsolute } from './workspace-path.ts';

interface LinkRequest {
  readonly graph: ModuleGraph;
  readonly modules: readonly LinkedSource[];
  readonly watched: Watched;
  /** The kept analysis, with the stamps of files that were not read again. */
  readonly before: Recheck | undefined;
}

/** Links summaries to code manifests: the step that is done anew after every change. */
export function link(
  context: AnalysisContext,
  sources: SourceReader,
  request: LinkRequest,
): Derived {
  const { entry, packages } = context;
  const { modules, graph } = request;
  const summaries = new Map(modules.map((it) => [it.path, it.summary]));
  const names = new NameResolver(summaries, graph);
  const judge = new Judge(names);
  const dependency = new Dependency(names, judge);
  const tasks = findTasks(names, judge);
  const failures = suspicionFailures({ names, judge, sources, tasks });
  if (failures.length > 0) return failed(failures);
  const effectFree = effectFreeModules(context, modules);
  const evaluation = evaluateModules({ entry, names, judge, dependency, effectFree });
  const installed = new Map<string, InstalledPackage>();
  const linked = makeManifests({
    tasks,
    dependency,
    judge,
    evaluation,
    order: new EvaluationOrder(names, dependency, evaluation),
    packageOf: (file) => {
      const folder = packages.folderOf(file);
      const found = installed.get(folder) ?? packages.installed(folder);
      installed.set(folder, found);
      return found;
    },
    dataDigest: (path) => sources.file(path)?.digest ?? digestOf('blob', ''),
  });
  const warnings = lockfileWarnings(context, [...installed.keys()]);
  const record = makeRecord(context, sources, { ...request, tasks, linked, warnings, installed });
  return { ok: true, record };
}

/** Every declaration that may be a task: certainly one, or not provably something else. */
function findTasks(names: NameResolver, judge: Judge): LinkedTask[] {
  const tasks: LinkedTask[] = [];
  for (const { path: module, summary } of names.modules.values()) {
    for (const item of summary.items) {
      const [name] = item.names;
      if (item.value.kind !== 'task' || name === undefined) continue;
      const { environment } = item.value;
      const isOther = environment !== null && judge.isOtherThing(names.local(module, environment));
      if (!isOther) tasks.push({ id: taskId(module, name), module, name, item });
    }
  }
  return tasks;
}

/** Modules of workspace packages that declare `sideEffects: false` (C2). */
function effectFreeModules(
  { root }: AnalysisContext,
  modules: readonly LinkedSource[],
): Set<string> {
  const byFolder = new Map<string, boolean>();
  const isFree = (folder: string): boolean | undefined => {
    const known = byFolder.get(folder);
    if (known !== undefined) return known;
    const manifest = readManifest(toAbsolute(root, folder));
    if (Object.keys(manifest).length === 0) return undefined;
    const found = 'sideEffects' in manifest && manifest.sideEffects === false;
    byFolder.set(folder, found);
    return found;
  };
  const free = new Set<string>();
  for (const { path } of modules) {
    for (const folder of foldersAbove(path)) {
      const found = isFree(folder);
      if (found === true) free.add(path);
      if (found !== undefined) break;
    }
  }
  return free;
}

interface RecordRequest extends LinkRequest {
  readonly tasks: readonly LinkedTask[];
  readonly linked: LinkedManifests;
  readonly warnings: readonly Failure[];
  readonly installed: ReadonlyMap<string, InstalledPackage>;
}

function makeRecord(
  context: AnalysisContext,
  sources: SourceReader,
  request: RecordRequest,
): AnalysisRecord {
  const { linked, graph, tasks, before } = request;
  const kept = [...(before?.record.modules ?? []), ...(before?.record.data ?? [])];
  const stamps = new Map(kept.map((it) => [it.path, it.stamp]));
  const stampOf = (path: string): Stamp => {
    const isKept = before?.changed.has(path) === false;
    return (isKept ? stamps.get(path) : undefined) ?? sources.file(path)?.stamp ?? UNSETTLED;
  };
  const modules = request.modules.map(({ path, source, pack, summary }) => {
    const emitted = summary.emitted as Digest;
    return { path, source, emitted, pack, stamp: stampOf(path) };
  });
  const data = [...graph.keys()]
    .filter((it) => !isCode(it))
    .sort()
    .map((path) => {
      const file = sources.file(path);
      const digest = file?.digest ?? digestOf('blob', '');
      return { path, stamp: stampOf(path), digest };
    });
  const files = [...modules.map((it) => ({ path: it.path, digest: it.source })), ...data];
  const sourceLines = files.map((it) => `${it.path} ${it.digest}`);
  const codeLines = [
    ...modules.map((it) => `${it.path} ${it.emitted}`),
    ...data.map((it) => `${it.path} ${it.digest}`),
  ];
  return {
    key: context.key,
    entry: context.entry,
    modules,
    data,
    watched: request.watched,
    packages: [...request.installed.values()].map(({ folder, digest }) => ({ folder, digest })),
    tasks: definitions(request),
    ...partTable(linked),
    uses: taskUses(tasks, linked),
    bundleDigest: digestOf(
      'bundle',
      [context.entry, context.target, ...codeLines, ...graphLines(graph)].join('\n'),
    ),
    sourceDigest: digestOf('bundle', sourceLines.sort().join('\n')),
    warnings: request.warnings,
  };
}

function graphLines(graph: ModuleGraph): string[] {
  return [...graph.values()]
    .flatMap(({ path, imports }) =>
      [...imports].map(([key, target]) => `${path} ${key} ${JSON.stringify(target)}`),
    )
    .sort();
}

function definitions({ tasks, linked, modules }: RecordRequest): TaskDefinition[] {
  const sites = new Map(
    modules.flatMap(({ path, summary }) =>
      summary.tasks.map((it) => [taskId(path, it.name), it] as const),
    ),
  );
  return tasks
    .map(({ id, module, name }): TaskDefinition => {
      const site = sites.get(id);
      return {
        id,
        name,
        module,
        line: site?.line ?? 1,
        column: site?.column ?? 1,
        exported: site?.exported ?? false,
        parameters: site?.parameters ?? [],
        rest: site?.rest ?? false,
        ...(site?.required === undefined ? {} : { required: site.required }),
        code: linked.manifests.get(id)?.digest ?? digestOf('code', ''),
      };
    })
    .sort((a, b) => (a.module === b.module ? a.line - b.line : a.module < b.module ? -1 : 1));
}

function partTable(linked: LinkedManifests): Pick<AnalysisRecord, 'parts' | 'texts' | 'manifests'> {
  const positions = new Map<AnalysisRecord['parts'][number], number>();
  const parts: AnalysisRecord['parts'][number][] = [];
  const texts: AnalysisRecord['texts'][number][] = [];
  const manifests: KeptManifest[] = [];
  for (const { task, digest, parts: own } of linked.manifests.values()) {
    const indexes = own.map((part) => {
      const known = positions.get(part);
      if (known !== undefined) return known;
      const hasText = part.kind === 'symbol' || part.kind === 'effect';
      parts.push(part);
      texts.push(hasText ? (linked.texts.get(part.digest) ?? null) : null);
      positions.set(part, parts.length - 1);
      return parts.length - 1;
    });
    manifests.push({ task, digest, parts: indexes });
  }
  return { parts, texts, manifests };
}

function taskUses(tasks: readonly LinkedTask[], linked: LinkedManifests): TaskUse[] {
  const ids = new Set<TaskId>(tasks.map((it) => it.id));
  const uses: TaskUse[] = [];
  for (const [from, closure] of linked.closures) {
    for (const [to, bits] of closure.tasks) if (ids.has(to)) uses.push([from, to, bits]);
  }
  return uses;
}
