import { fail, succeed } from '@skein/model';
import type { Failure, Result, TaskDefinition, TaskId } from '@skein/model';
import { digestOf } from '@skein/values';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Analysis } from './analysis.ts';
import { Keeper } from './keep.ts';
import type { InputSchema } from './schema.ts';
import { KEPT_FOLDER, KEPT_VERSION } from './settings.ts';
import { foldersAbove, toAbsolute } from './workspace-path.ts';

/** Version of kept schemas; raised when the same types could give another schema. */
const SCHEMA_VERSION = 2;

/**
 * What a task takes, from the types of its parameters. TypeScript's checker is loaded only when
 * something that these types can depend on was edited: a schema is kept under the text of that.
 */
export async function inputSchema(analysis: Analysis, id: TaskId): Promise<Result<InputSchema>> {
  const task = analysis.tasks.find((it) => it.id === id);
  if (task === undefined) return fail(taskNotFound(id, analysis.tasks));
  const { root, state } = analysis;
  const file = toAbsolute(root, task.module);
  const config = nearestConfig(root, task.module);
  const { typeSurface } = await import('./type-surface.ts');
  const surface = [
    `schema ${SCHEMA_VERSION}`,
    id,
    config === undefined ? '' : readFileSync(config, 'utf8'),
    ...typeSurface(file, task.name),
  ];
  const keeper = new Keeper(join(state, KEPT_FOLDER, KEPT_VERSION));
  const name = `schemas/${digestOf('manifest', surface.join('\0')).slice(0, 40)}.json`;
  const kept = keeper.load(name) as InputSchema | undefined;
  if (kept !== undefined) return succeed(kept);
  const { readSchema } = await import('./read-schema.ts');
  const schema = readSchema({ file, config, task }) ?? withoutTypes(task);
  keeper.save(name, schema);
  return succeed(schema);
}

/** A task whose function is not found in its module: its parameters take what JSON can say. */
function withoutTypes(task: TaskDefinition): InputSchema {
  const parameters = task.parameters.map((name, index) => ({
    name,
    type: { kind: 'unknown' as const },
    optional: true,
    rest: task.rest && index === task.parameters.length - 1,
    typeText: 'unknown',
  }));
  return { task: task.id, parameters };
}

function nearestConfig(root: string, module: string): string | undefined {
  for (const folder of foldersAbove(module)) {
    const file = join(toAbsolute(root, folder), 'tsconfig.json');
    if (existsSync(file)) return file;
  }
  return undefined;
}

function taskNotFound(id: TaskId, tasks: readonly TaskDefinition[]): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: `no such task: "${id}"`,
    facts: tasks.map((it) => ['task', it.id] as const),
  };
}
