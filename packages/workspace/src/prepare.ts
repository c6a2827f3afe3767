import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '@skein/values';
import { type RunCode, plainChange, resolveEntryImage } from '@skein/engine';
import type { BundleLocation, Executor } from '@skein/executors';
import type { LogChunk, Result, TaskId } from '@skein/model';
import { FailureError, fail, succeed } from '@skein/model';
import type { World } from '@skein/tracking';
import type { EntryCode } from './entry-code.ts';
import type { Executors } from './executors.ts';
import { NO_IMAGE, noImage } from './image-for.ts';
import type { Opened } from './opened.ts';
import { programDigests } from './program.ts';
import type { RunImages } from './run-images.ts';
import { hostPlatform } from './system.ts';
import { type LoadedTable, taskTable } from './task-table.ts';
import { fileStamps, observedVariable, worldOf } from './world.ts';

/** What a run, or the plan of one, begins with. */
export interface Prepared {
  readonly code: RunCode;
  readonly world: World;
  readonly loadLog: LogChunk | null;
}

export interface Wiring {
  readonly analysis: EntryCode;
  readonly bundle: () => Promise<BundleLocation>;
  readonly executors: Executors;
  readonly images: RunImages;
  readonly request: {
    readonly task: TaskId;
    readonly override?: Uint8Array | undefined;
    readonly readOnly?: boolean | undefined;
  };
}

/** The table of tasks (Q1), and what the images stand for that it names (Q6). */
export async function prepare(opened: Opened, wiring: Wiring): Promise<Result<Prepared>> {
  const { analysis, executors, images, request } = wiring;
  const { environment, clock } = opened;
  const keeps = request.readOnly !== true;
  const world = worldOf(opened, { keeps });
  const table = await tableOf(opened, { ...wiring, world, keeps });
  if (!table.ok) return table;
  const { rows, log } = table.value;
  const { imageFor } = executors;
  const code: RunCode = {
    rows,
    manifests: analysis.manifests,
    behaviours: analysis.behaviours,
    checkpoints: analysis.checkpoints,
    parameters: new Map(analysis.tasks.map(({ id, parameters }) => [id, parameters])),
    platform: hostPlatform(),
    images,
    imageFor,
    program: programDigests({
      cwd: nearestPackage(join(opened.root, analysis.entry), opened.root),
      path: environment['PATH'],
      stamps: fileStamps(opened.state.traces, keeps),
      now: clock.now,
    }),
    variable: (name) => observedVariable(opened, name),
    declared: (name) => environment[name],
  };
  executors.expect(rows.values());
  const all = [...rows.values()];
  const homeless = all.filter(({ options }) => imageFor(options) === NO_IMAGE);
  if (homeless.length > 0) return fail(noImage(homeless.map(({ id }) => id)));
  const named = all.map(({ options }) => imageFor(options) ?? options.image);
  const resolved = await images.resolveAll(named.filter((it) => it !== undefined));
  if (!resolved.ok) return resolved;
  const entry = await resolveEntryImage(code, { task: request.task, override: request.override });
  return entry.ok ? succeed({ world, loadLog: log, code }) : entry;
}

/** The table of tasks, from the record or from a worker that loads the bundle. */
export async function tableOf(
  opened: Opened,
  of: Pick<Wiring, 'analysis' | 'bundle' | 'executors'> & {
    readonly world: World;
    /** False: what is loaded is not kept. */
    readonly keeps: boolean;
  },
): Promise<Result<LoadedTable>> {
  const { analysis, bundle, executors, world, keeps } = of;
  const variable = (name: string): Digest | null => observedVariable(opened, name);
  return await taskTable(
    opened.state.traces,
    { bundle: analysis.bundleDigest, platform: hostPlatform() },
    {
      load: () => loadTable(executors.first, bundle),
      holds: async (seen) => (await plainChange({ world, variable }, seen)) === undefined,
      keeps,
    },
  );
}

async function loadTable(
  executor: Executor,
  bundle: () => Promise<BundleLocation>,
): ReturnType<Executor['load']> {
  try {
    return await executor.load(await bundle());
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

/** Built once, when something executes; a failure to build travels as `FailureError`. */
export function bundleOf(opened: Opened, analysis: EntryCode): () => Promise<BundleLocation> {
  let made: Promise<BundleLocation> | undefined;
  const make = async (): Promise<BundleLocation> => {
    const built = await analysis.ensureBundle();
    if (!built.ok) throw new FailureError(built.failure);
    return {
      digest: analysis.bundleDigest,
      path: built.value.path,
      root: opened.root,
      entry: analysis.entry,
      cwd: nearestPackage(join(opened.root, analysis.entry), opened.root),
    };
  };
  return () => (made ??= make());
}

/** The folder of the package.json nearest to the entry: the workers' cwd (O6). */
function nearestPackage(entry: string, root: string): string {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    if (folder === root || existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return root;
  }
}
