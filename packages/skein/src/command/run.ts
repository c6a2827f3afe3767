import type { TaskId } from '@skein/model';
import type { Workspace } from '@skein/workspace';
import { type Asked, OneRun } from './one-run.ts';
import { optionGiven } from './parse.ts';
import { pickTask } from './pick-task.ts';
import { readInputs } from './read-inputs.ts';
import { type RunSettings, readRunSettings } from './run-settings.ts';
import { atLeastOne, openFor, refuse, type Session } from './session.ts';

/** `skein run <file> [task]`. */
export async function runTask(session: Session): Promise<number> {
  const settings = readRunSettings(session);
  if (!settings.ok) return await refuse(session, [settings.failure]);
  if (optionGiven(session.parsed, 'help')) {
    return await (await import('./task-help.ts')).showTaskHelp(session);
  }
  const [file = ''] = session.parsed.positionals;
  const run = new OneRun(session, {
    open: () => openFor(session, file),
    ask: (workspace, picked) => ask(session, { workspace, picked, settings: settings.value }),
  });
  return await run.answer();
}

async function ask(
  session: Session,
  to: {
    readonly workspace: Workspace;
    readonly picked: (task: TaskId) => void;
    readonly settings: RunSettings;
  },
): Promise<Asked> {
  const { workspace, settings } = to;
  const [file = '', name] = session.parsed.positionals;
  const declared = await workspace.tasks();
  if (!declared.ok) return { ok: false, failures: atLeastOne(declared.failures) };
  const picked = pickTask(declared.tasks, name, file);
  if (!picked.ok) return { ok: false, failures: [picked.failure] };
  to.picked(picked.value.id);
  const inputs = await readInputs(session, workspace, picked.value);
  if (!inputs.ok) return inputs;
  return { ok: true, request: { ...settings, task: picked.value.id, args: inputs.args } };
}
