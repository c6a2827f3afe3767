/// <reference types="node" preserve="true" />
import { plain } from '@skein/view';
import { EXIT, type CommandIo } from './command/io.ts';
import { openOutput, type Output } from './command/output.ts';
import { optionGiven, parse } from './command/parse.ts';
import { refuse, type Session } from './command/session.ts';
import { commandNamed, help, type CommandSpec } from './command/specs.ts';
import { unknownCommand } from './command/usage.ts';

export type { CommandIo, OutputStream } from './command/io.ts';
export { processIo } from './command/process-io.ts';
export type { ProcessIoRequest } from './command/process-io.ts';

/**
 * The `skein` command: `argv` is what follows its name, the result is its exit code. The one way
 * in for the executable and for the Nx executor.
 */
export async function execute(argv: readonly string[], io: CommandIo): Promise<number> {
  const output = openOutput(io);
  try {
    return await dispatch(argv, io, output);
  } finally {
    output.close();
  }
}

async function dispatch(argv: readonly string[], io: CommandIo, output: Output): Promise<number> {
  const [first, ...args] = argv;
  if (first === undefined) {
    await output.note(await helpText([], output));
    return EXIT.usage;
  }
  if (first === '--version' || first === '-v') {
    await output.print(io.version());
    return EXIT.ok;
  }
  if (first === '--help' || first === '-h' || first === 'help') return await showHelp(args, output);
  const command = commandNamed(first);
  const json = asksForJson(args);
  if (command === undefined) {
    return await refuse({ command: help, output, json }, [unknownCommand(first)]);
  }
  const parsed = parse(command, args);
  if (!parsed.ok) return await refuse({ command, output, json }, [parsed.failure]);
  const session: Session = { io, command, output, json, parsed: parsed.value };
  if (optionGiven(parsed.value, 'help') && !(command.takesTaskFlags === true && hasFile(session))) {
    await output.print(await helpText([command], output));
    return EXIT.ok;
  }
  return await runCommand(session);
}

/** `skein help`, `skein help run`. */
async function showHelp([name]: readonly string[], output: Output): Promise<number> {
  const command = name === undefined ? undefined : commandNamed(name);
  if (name !== undefined && command === undefined && !name.startsWith('-')) {
    return await refuse({ command: help, output, json: false }, [unknownCommand(name)]);
  }
  await output.print(await helpText(command === undefined ? [] : [command], output));
  return EXIT.ok;
}

async function helpText([command]: readonly CommandSpec[], output: Output): Promise<string> {
  const { renderCommandHelp, renderHelp } = await import('./command/help.ts');
  const style = command === undefined ? plain : output.style;
  return command === undefined ? renderHelp(style) : renderCommandHelp(command, style);
}

/** Also where the command line cannot be read: a program that asked for JSON gets JSON. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** With a file, `--help` tells the flags of its task too. */
function hasFile({ command, parsed }: Session): boolean {
  return command.positionals[0]?.name === 'file' && parsed.positionals.length > 0;
}

/** Each command is loaded when it is asked for: a run does not wait for what others need. */
async function runCommand(session: Session): Promise<number> {
  switch (session.command.name) {
    case 'run':
      return await (await import('./command/run.ts')).runTask(session);
    case 'resume':
      return await (await import('./command/resume.ts')).resumeRun(session);
    case 'rerun':
      return await (await import('./command/rerun.ts')).rerunRun(session);
    case 'replay':
      return await (await import('./command/replay.ts')).replayAction(session);
    case 'plan':
      return await (await import('./command/plan.ts')).planTask(session);
    case 'runs':
      return await (await import('./command/runs.ts')).listRuns(session);
    case 'logs':
      return await (await import('./command/logs.ts')).printLogs(session);
    case 'show':
      return await (await import('./command/show.ts')).showRun(session);
    case 'why':
      return await (await import('./command/why.ts')).explainRun(session);
    case 'lineage':
      return await (await import('./command/lineage.ts')).showLineage(session);
    case 'verify':
      return await (await import('./command/verify.ts')).verifyRun(session);
    case 'affected':
      return await (await import('./command/affected.ts')).listAffected(session);
    case 'gc':
      return await (await import('./command/gc.ts')).collectGarbage(session);
    case 'pin':
      return await (await import('./command/pin.ts')).pinRun(session);
    case 'graph':
      return await (await import('./command/graph.ts')).showGraph(session);
    default:
      return await (await import('./command/doctor.ts')).runDoctor(session);
  }
}
