import { succeed, type Result } from '@skein/model';
import { planJson, renderPlan } from '@skein/view';
import type { PlanRequest } from '@skein/workspace';
import { describeImageStep } from './image-step.ts';
import { EXIT } from './io.ts';
import { optionGiven } from './parse.ts';
import { pickTask } from './pick-task.ts';
import { readInputs } from './read-inputs.ts';
import { readRunSettings } from './run-settings.ts';
import { atLeastOne, inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein plan <file> [task]`. */
export async function planTask(session: Session): Promise<number> {
  const { output, parsed } = session;
  if (optionGiven(parsed, 'help')) {
    return await (await import('./task-help.ts')).showTaskHelp(session);
  }
  const settings = readSettings(session);
  if (!settings.ok) return await refuse(session, [settings.failure]);
  const [file = '', name] = parsed.positionals;
  return await inWorkspace(session, file, async (workspace) => {
    const declared = await workspace.tasks();
    if (!declared.ok) return await refuse(session, atLeastOne(declared.failures));
    const picked = pickTask(declared.tasks, name, file);
    if (!picked.ok) return await refuse(session, [picked.failure]);
    const inputs = await readInputs(session, workspace, picked.value);
    if (!inputs.ok) return await refuse(session, inputs.failures);
    const { args } = inputs;
    const plan = await workspace.plan({
      ...settings.value,
      task: picked.value.id,
      args,
      onImage: (step) => void output.note(describeImageStep(step)),
    });
    if (!plan.ok) return await refuse(session, [plan.failure]);
    const { style, width } = output;
    if (session.json) await printJson(output, planJson(plan.value));
    else await output.print(renderPlan(plan.value, { style, width }));
    return EXIT.ok;
  });
}

type Settings = Omit<PlanRequest, 'task' | 'args'>;

function readSettings(session: Session): Result<Settings> {
  const settings = readRunSettings(session);
  if (!settings.ok) return settings;
  const { executor, forceTasks, force, strict, remote, remoteMode } = settings.value;
  return succeed({
    ...(executor === undefined ? {} : { executor }),
    ...(forceTasks === undefined ? {} : { forceTasks }),
    ...(force === undefined ? {} : { force }),
    ...(strict === undefined ? {} : { strict }),
    ...(remote === undefined ? {} : { remote }),
    ...(remoteMode === undefined ? {} : { remoteMode }),
  });
}
