import { PASS_THROUGH } from '@skein/model';
import type { TaskBehaviour, TaskDefinition, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { TaskUse } from './call-graph.ts';
import type { AnalysisContext } from './context.ts';
import { taskId } from './leads.ts';
import type { Derived } from './derived.ts';
import { evaluateModules } from './effects.ts';
import type { Evaluation } from './effects.ts';
import type { ModuleFacts } from './facts.ts';
import { saveFacts } from './kept-facts.ts';
import type { KeptFacts } from './kept-facts.ts';
import { AnalysedFiles, makeRecord } from './make-record.ts';
import type { AnalysedSource } from './make-record.ts';
import type { FactFinder } from './module-facts.ts';
import { makeManifests } from './manifests.ts';
import type { LinkedManifests } from './manifests.ts';
import type { InstalledPackage } from './packages.ts';
import { Program } from './program.ts';
import type { LinkedTask } from './program.ts';
import type { Recheck } from './recheck.ts';
import { settingParts } from './settings.ts';
import type { SourceReader } from './sources.ts';
import type { Watched } from './watch.ts';

export interface LinkRequest {
  /** In order of path. */
  readonly modules: readonly AnalysedSource[];
  readonly facts: readonly ModuleFacts[];
  /** Files imported as data, in order of path. */
  readonly data: readonly string[];
  readonly graphDigest: Digest;
  readonly watched: Watched;
  /** The kept analysis, with the stamps of files that were not read again. */
  readonly before: Recheck | undefined;
  readonly keptFacts: KeptFacts | undefined;
  readonly finder: FactFinder;
  /** Code and places of code are all that is new. */
  readonly sameStructure: boolean;
}

/** Links facts to code manifests: the step that is done anew after every change. */
export async function link(
  context: AnalysisContext,
  sources: SourceReader,
  request: LinkRequest,
): Promise<Derived & { ok: true }> {
  const { entry, packages } = context;
  const program = new Program(request.facts);
  const tasks = program.tasks();
  const evaluation = evaluateModules(program, entry);
  const files = new AnalysedFiles(sources, request.before);
  const installed = new Map<string, InstalledPackage>();
  const linked = makeManifests({
    program,
    tasks,
    checkpoints: program.checkpoints(),
    evaluation,
    settings: settingParts(context.passThrough),
    packageOf: (file) => {
      const folder = packages.folderOf(file);
      const found = installed.get(folder) ?? packages.installed(folder);
      installed.set(folder, found);
      return found;
    },
    dataDigest: (path) => files.data(path).digest,
  });
  const behaviours =
    keptBehaviours(request) ??
    (await findBehaviours({
      entry,
      finder: request.finder,
      sources,
      program,
      evaluation,
      linked,
      passThrough: [...PASS_THROUGH, ...context.passThrough],
    }));
  const { keptFacts, facts: modules } = request;
  const { name, facts } = saveFacts(context.keeper, { modules, linked, before: keptFacts });
  const used = [...installed.values()].map(({ folder, digest }) => ({ folder, digest }));
  const record = makeRecord(context, {
    ...request,
    files,
    factsName: name,
    packages: used,
    tasks: definitions(program, tasks, linked),
    checkpoints: linked.checkpoints,
    behaviours,
    uses: taskUses(tasks, linked),
  });
  return { ok: true, record, facts };
}

/**
 * What the code keeps and changes follows from its structure; where it is said to stand in a file
 * that was edited, the line may be another one.
 */
function keptBehaviours({
  sameStructure,
  before,
}: LinkRequest): readonly TaskBehaviour[] | undefined {
  if (!sameStructure || before === undefined) return undefined;
  const { behaviours } = before.record;
  const places = behaviours.flatMap(({ retains, impurities }) =>
    [retains, ...impurities].flatMap((it) => it?.at ?? []),
  );
  const isMoved = (place: string): boolean =>
    [...before.changed].some((path) => place.startsWith(`${path}:`));
  return places.some(isMoved) ? undefined : behaviours;
}

interface BehaviourSearch extends Pick<LinkRequest, 'finder'> {
  readonly entry: string;
  readonly sources: SourceReader;
  readonly program: Program;
  readonly evaluation: Evaluation;
  readonly linked: LinkedManifests;
  readonly passThrough: readonly string[];
}

/** Needs every summary, and is loaded only where what is known of behaviours is not enough. */
async function findBehaviours(search: BehaviourSearch): Promise<readonly TaskBehaviour[]> {
  const { entry, finder, sources, program, evaluation, linked, passThrough } = search;
  const { behavioursOf } = await import('./behaviours.ts');
  const { PieceItems } = await import('./piece-items.ts');
  const pieces = new PieceItems(program, finder.names, evaluation);
  return behavioursOf({
    entry,
    tasks: program.tasks().map(({ id, number }) => ({ id, ...pieces.at(number) })),
    names: finder.names,
    judge: finder.judge,
    pieces,
    effects: pieces.of(evaluation.effects.map((it) => it.piece)),
    closures: new Map([...linked.closures].map(([id, it]) => [id, pieces.closure(it)])),
    always: pieces.closure(linked.always),
    forwards: linked.forwards,
    sources,
    passThrough,
  });
}

function definitions(
  program: Program,
  tasks: readonly LinkedTask[],
  { manifests }: LinkedManifests,
): TaskDefinition[] {
  const sites = new Map(
    program.modules.flatMap(({ path, sites: own }) =>
      own.map((it) => [taskId(path, it.name), it] as const),
    ),
  );
  const digests = new Map(manifests.map((it) => [it.task, it.digest]));
  return tasks
    .map(({ id, module, name }): TaskDefinition => {
      const site = sites.get(id);
      return {
        id,
        name,
        module: program.module(module).path,
        line: site?.line ?? 1,
        column: site?.column ?? 1,
        exported: site?.exported ?? false,
        parameters: site?.parameters ?? [],
        rest: site?.rest ?? false,
        ...(site?.required === undefined ? {} : { required: site.required }),
        code: digests.get(id) ?? digestOf('code', ''),
      };
    })
    .sort((a, b) => (a.module === b.module ? a.line - b.line : a.module < b.module ? -1 : 1));
}

function taskUses(tasks: readonly LinkedTask[], linked: LinkedManifests): TaskUse[] {
  const ids = new Set<TaskId>(tasks.map((it) => it.id));
  const uses: TaskUse[] = [];
  for (const [from, closure] of linked.closures) {
    for (const [to, bits] of closure.tasks) if (ids.has(to)) uses.push([from, to, bits]);
  }
  return uses;
}
