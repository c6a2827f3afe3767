import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Failure, ImageRequest, Result, TaskId } from '@skein/model';
import { fail, imageIdentity, succeed } from '@skein/model';
import { analyseEntry } from './analyse-entry.ts';
import type { Config } from './config.ts';
import { makeExecutors } from './executors.ts';
import { NO_IMAGE } from './image-for.ts';
import type { Opened } from './opened.ts';
import { bundleOf, tableOf } from './prepare.ts';
import { worldOf } from './world.ts';

/** An image as tasks name it. */
export interface NamedImage {
  readonly request: ImageRequest;
  /** Those that run in it, or declare it. */
  readonly tasks: readonly TaskId[];
}

/** The pipeline that was asked about, else that of the configuration; an absolute path. */
export function entryOf(
  { root, entry }: Pick<Opened, 'root' | 'entry'>,
  config: Pick<Config, 'entry'>,
): string | undefined {
  if (entry !== undefined || config.entry === undefined) return entry;
  return resolve(root, config.entry);
}

/** The images that the tasks of an entry name, and the default one: each once, in their order. */
export async function imagesOfEntry(
  opened: Opened,
  { entry, config }: { readonly entry: string; readonly config: Config },
): Promise<Result<readonly NamedImage[]>> {
  if (!existsSync(entry)) return fail(noEntry(entry));
  const analysed = await analyseEntry(opened, entry);
  if (!analysed.ok) return fail(analysed.failures[0]);
  const { analysis } = analysed;
  const executors = makeExecutors(opened, undefined, config);
  try {
    const world = worldOf(opened, { keeps: true });
    const bundle = bundleOf(opened, analysis);
    const table = await tableOf(opened, { analysis, bundle, executors, world, keeps: true });
    if (!table.ok) return table;
    const found = new Map<string, { request: ImageRequest; tasks: TaskId[] }>();
    for (const { id, options } of table.value.rows.values()) {
      const request = executors.imageFor(options) ?? options.image;
      if (request === undefined || request === NO_IMAGE) continue;
      const known = found.get(imageIdentity(request));
      if (known === undefined) found.set(imageIdentity(request), { request, tasks: [id] });
      else known.tasks.push(id);
    }
    const fallback = config.container?.image;
    const isNew = fallback !== undefined && !found.has(imageIdentity(fallback));
    return succeed([...found.values(), ...(isNew ? [{ request: fallback, tasks: [] }] : [])]);
  } finally {
    await executors.close();
  }
}

function noEntry(entry: string): Failure {
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: 'there is no such file',
    facts: [['file', entry]],
    hint: 'name the file that declares the tasks, such as src/main.ts',
  };
}
