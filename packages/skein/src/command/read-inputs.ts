import type { TaskDefinition } from '@skein/model';
import type { Workspace } from '@skein/workspace';
import type { Inputs } from './input.ts';
import { optionText } from './parse.ts';
import type { Session } from './session.ts';

/**
 * The arguments of the task: of `--input`, and of flags, which win. A task without parameters
 * that was given nothing needs no schema, and a warm run of it reads none.
 */
export async function readInputs(
  session: Session,
  workspace: Workspace,
  task: TaskDefinition,
): Promise<Inputs> {
  const { parsed } = session;
  const given = parsed.taskFlags.length > 0 || optionText(parsed, 'input') !== undefined;
  if (!given && task.parameters.length === 0) return { ok: true, args: [] };
  const schema = await workspace.schema(task.id);
  if (!schema.ok) return { ok: false, failures: [schema.failure] };
  if (!given && schema.value.parameters.every(({ optional }) => optional)) {
    return { ok: true, args: [] };
  }
  const { readGivenInputs } = await import('./given-inputs.ts');
  return await readGivenInputs(session, schema.value);
}
