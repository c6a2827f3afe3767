import type { CodeManifest, CodePart, TaskDefinition, TaskId } from '@skein/model';
import type { KeptFacts } from './kept-facts.ts';

/**
 * Manifests by task. Their parts are told when they are asked for: a hundred tasks over thousands
 * of shared parts would otherwise cost more to list than to check.
 */
export function manifestTable(
  facts: KeptFacts,
  tasks: readonly TaskDefinition[],
): ReadonlyMap<TaskId, CodeManifest> {
  return new Map(tasks.map((it) => [it.id, toManifest(facts, it)]));
}

function toManifest(facts: KeptFacts, { id, code }: TaskDefinition): CodeManifest {
  let known: readonly CodePart[] | undefined;
  return {
    task: id,
    digest: code,
    get parts() {
      return (known ??= facts.partsOf(id));
    },
  };
}
