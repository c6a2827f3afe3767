import type { Repeatable, RepeatableRequest, Workspace } from '@skein/workspace';
import { type Asked, OneRun } from './one-run.ts';
import { optionCount } from './parse.ts';
import { type RunSettings, readRunSettings } from './run-settings.ts';
import { openFor, refuse, type Session } from './session.ts';

/** `skein rerun <run>`: a new run of recorded code with recorded inputs. */
export async function rerunRun(session: Session): Promise<number> {
  const settings = readRunSettings(session);
  if (!settings.ok) return await refuse(session, [settings.failure]);
  const action = optionCount(session.parsed, 'action', 1);
  if (!action.ok) return await refuse(session, [action.failure]);
  const [run = 'last'] = session.parsed.positionals;
  const request = { run, ...(action.value === undefined ? {} : { action: action.value }) };
  const once = new OneRun(session, {
    open: () => openFor(session, undefined, { records: true }),
    ask: (workspace) => ask(session, workspace, { request, settings: settings.value }),
  });
  return await once.answer();
}

async function ask(
  { output }: Session,
  workspace: Workspace,
  of: { readonly request: RepeatableRequest; readonly settings: RunSettings },
): Promise<Asked> {
  const found = await workspace.repeatable(of.request);
  if (!found.ok) return { ok: false, failures: [found.failure] };
  const repeat = found.value;
  const { task, args, override } = repeat;
  await output.note(sayWhich(repeat));
  const given = override === undefined ? {} : { override };
  return { ok: true, request: { ...of.settings, task, args, ...given, repeat } };
}

function sayWhich({ origin, task }: Repeatable): string {
  const what = origin.action === undefined ? 'run' : `action ${origin.action} of run`;
  return `running ${what} ${origin.run} again, ${task}, with its recorded code`;
}
