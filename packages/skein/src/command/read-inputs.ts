import type { TaskDefinition } from '@skein/model';
import type { Workspace } from '@skein/workspace';
import type { Inputs } from './input.ts';
import { optionText } from './parse.ts';
import type { Session } from './session.ts';

/**
 * The arguments of the task: of `--input`, and of flags, which win. A task that needs nothing and
 * was given nothing needs no schema: reading one can take a second and 200 MB.
 */
export async function readInputs(
  session: Session,
  workspace: Workspace,
  task: TaskDefinition,
): Promise<Inputs> {
  const { parsed } = session;
  const given = parsed.taskFlags.length > 0 || optionText(parsed, 'input') !== undefined;
  if (!given && task.required === 0) return { ok: true, args: [] };
  const schema = await workspace.schema(task.id);
  if (!schema.ok) return { ok: false, failures: [schema.failure] };
  const { readGivenInputs } = await import('./given-inputs.ts');
  return await readGivenInputs(session, schema.value);
}
