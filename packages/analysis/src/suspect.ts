import type { Failure } from '@skein/model';
import {
  checkpointCaptures,
  checkpointInFunction,
  checkpointUnnamed,
  duplicateTask,
  mapSecondParameter,
  taskInFunction,
  taskUnnamed,
} from './diagnose.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Judge } from './judge.ts';
import type { NameResolver } from './resolve-names.ts';
import type { SourceReader } from './sources.ts';
import type { Suspicion } from './summary.ts';

interface SuspectRequest {
  readonly names: NameResolver;
  readonly judge: Judge;
  readonly sources: SourceReader;
  /** Modules that were looked at again; of all others it is known that none holds. */
  readonly fresh: ReadonlySet<string>;
}

/** Which suspicions of the modules hold now that every name is known. */
export function suspicionFailures(request: SuspectRequest): Failure[] {
  const failures: Failure[] = [];
  for (const path of request.fresh) {
    for (const it of request.names.module(path).summary.suspicions) {
      if (!holds(request, path, it)) continue;
      const source = new TextDecoder().decode(request.sources.read(path));
      failures.push(toFailure(it, { path, source, at: it.at }));
    }
  }
  return failures;
}

function holds({ names, judge }: SuspectRequest, module: string, it: Suspicion): boolean {
  switch (it.kind) {
    case 'duplicate-task':
    case 'checkpoint-in-function':
    case 'checkpoint-unnamed':
    case 'checkpoint-captures':
      return true;
    case 'map-second-parameter': {
      const meaning = names.local(module, it.name);
      if (meaning?.kind !== 'item') return false;
      const { tasks } = names.module(meaning.module).summary;
      return tasks.some((task) => task.name === meaning.name && task.optionalSecond);
    }
    case 'task-in-function':
    case 'task-unnamed':
      if (it.environment === null) return true;
      return judge.isEnvironment(names.local(module, it.environment));
  }
}

function toFailure(it: Suspicion, diagnosis: Diagnosis): Failure {
  switch (it.kind) {
    case 'duplicate-task':
      return duplicateTask(it.name, diagnosis);
    case 'map-second-parameter':
      return mapSecondParameter(it.name, diagnosis);
    case 'task-in-function':
      return taskInFunction(diagnosis);
    case 'task-unnamed':
      return taskUnnamed(diagnosis);
    case 'checkpoint-in-function':
      return checkpointInFunction(diagnosis);
    case 'checkpoint-unnamed':
      return checkpointUnnamed(diagnosis);
    case 'checkpoint-captures':
      return checkpointCaptures(it.name, diagnosis);
  }
}
