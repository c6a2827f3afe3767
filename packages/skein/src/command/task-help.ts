import type { InputSchema } from '@skein/analysis';
import type { TaskDefinition } from '@skein/model';
import type { Style } from '@skein/view';
import { describeType } from './describe-type.ts';
import { flagsOf, type Flag } from './flag.ts';
import { renderCommandHelp, section } from './help.ts';
import { EXIT } from './io.ts';
import { pickTask } from './pick-task.ts';
import { isSwitch, listIn } from './read-flags.ts';
import { atLeastOne, inWorkspace, refuse, type Session } from './session.ts';

/** `skein run <file> [task] --help`: what the command takes, and what the task takes. */
export async function showTaskHelp(session: Session): Promise<number> {
  const { command, output, parsed } = session;
  const { style } = output;
  const [file = '', name] = parsed.positionals;
  return await inWorkspace(session, file, async (workspace) => {
    const declared = await workspace.tasks();
    if (!declared.ok) return await refuse(session, atLeastOne(declared.failures));
    const tasks = section('tasks', declared.tasks.map(describeTask), style);
    const picked = pickTask(declared.tasks, name, file);
    if (!picked.ok && name !== undefined) return await refuse(session, [picked.failure]);
    const lines = [renderCommandHelp(command, style), '', ...tasks];
    if (picked.ok) {
      const schema = await workspace.schema(picked.value.id);
      if (!schema.ok) return await refuse(session, [schema.failure]);
      lines.push(...renderTaskFlags(picked.value, schema.value, style));
    }
    await output.print(lines.join('\n').trimEnd());
    return EXIT.ok;
  });
}

function describeTask({ name, module, line }: TaskDefinition): [string, string] {
  return [name, `${module}:${line}`];
}

/** The flags of one task with types, defaults, whether they may be left out, and what they mean. */
export function renderTaskFlags(
  task: TaskDefinition,
  schema: InputSchema,
  style: Style,
): readonly string[] {
  const flags = flagsOf(schema);
  const title = `flags of ${task.name}`;
  if (flags.length === 0) return [style.strong(title), '  none', ''];
  return section(title, flags.map(describeFlag), style);
}

function describeFlag(flag: Flag): [string, string] {
  const { name, type, doc, optional, whole } = flag;
  if (whole === true) return [`--${name} <value>`, doc ?? ''];
  const spelled = isSwitch(type) ? `--${name}, --no-${name}` : `--${name} <value>`;
  const parts = [
    ...(doc === undefined ? [] : [doc.replace(/\s+/g, ' ').replace(/\.$/, '')]),
    describeType(type),
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(optional || flag.default !== undefined ? [] : ['required']),
    ...(listIn(type) === undefined ? [] : ['JSON, or repeated']),
  ];
  return [spelled, parts.join('; ')];
}
