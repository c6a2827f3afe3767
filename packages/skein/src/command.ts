/// <reference types="node" preserve="true" />
import type { Failure } from '@skein/model';
import { plain } from '@skein/view';
import { EXIT, type CommandIo } from './command/io.ts';
import { openOutput, type Output } from './command/output.ts';
import { optionGiven, parse } from './command/parse.ts';
import { refuse, type Session } from './command/session.ts';
import { findCommand, help, type CommandSpec, type FoundCommand } from './command/specs.ts';
import { unknownCommand, unknownFlag, unknownWord } from './command/usage.ts';

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
  const [first] = argv;
  if (first === undefined) {
    await output.note(await helpText([], output));
    return EXIT.usage;
  }
  if (first === '--version' || first === '-v') {
    await output.print(io.version());
    return EXIT.ok;
  }
  if (first === '--help' || first === '-h' || first === 'help')
    return await showHelp(argv.slice(1), output);
  const found = findCommand(argv);
  const json = asksForJson(argv);
  if (found === undefined) {
    return await refuse({ command: help, output, json }, [unknownCommand(first)]);
  }
  const { command, args } = found;
  const word = wordBehind(found);
  if (word !== undefined) return await refuse({ command, output, json }, [word]);
  if (command.onlyBegins === true) return await showWords(command, args, output);
  const parsed = parse(command, args);
  if (!parsed.ok) return await refuse({ command, output, json }, [parsed.failure]);
  const session: Session = { io, command, output, json, parsed: parsed.value };
  if (optionGiven(parsed.value, 'help') && !(command.takesTaskFlags === true && hasFile(session))) {
    await output.print(await helpText([command], output));
    return EXIT.ok;
  }
  return await runCommand(session);
}

/** A word behind a name that others go on from, and none of theirs. */
function wordBehind({ command, args }: FoundCommand): Failure | undefined {
  const [word] = args;
  if (command.commands === undefined || word === undefined || word.startsWith('-'))
    return undefined;
  return unknownWord(command, word);
}

/** `skein cache`, `skein cache --help`: which names go on from it. */
async function showWords(
  command: CommandSpec,
  args: readonly string[],
  output: Output,
): Promise<number> {
  const [flag] = args;
  if (flag !== undefined && flag !== '--help' && flag !== '-h') {
    const failure = unknownFlag(flag, ['help'], `skein ${command.name}`);
    return await refuse({ command, output, json: asksForJson(args) }, [failure]);
  }
  const text = await helpText([command], output);
  await (flag === undefined ? output.note(text) : output.print(text));
  return flag === undefined ? EXIT.usage : EXIT.ok;
}

/** `skein help`, `skein help run`, `skein help cache ls`. */
async function showHelp(words: readonly string[], output: Output): Promise<number> {
  const [name] = words;
  const found = findCommand(words);
  if (found === undefined && name !== undefined && !name.startsWith('-')) {
    return await refuse({ command: help, output, json: false }, [unknownCommand(name)]);
  }
  const word = found === undefined ? undefined : wordBehind(found);
  if (word !== undefined) return await refuse({ command: help, output, json: false }, [word]);
  await output.print(await helpText(found === undefined ? [] : [found.command], output));
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
  const [name] = session.command.name.split(' ');
  switch (name) {
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
    case 'image':
      return await (await import('./command/image.ts')).runImage(session);
    case 'cache':
      return await (await import('./command/cache.ts')).runCache(session);
    case 'cache-server':
      return await (await import('./command/cache-server.ts')).runCacheServer(session);
    default:
      return await (await import('./command/doctor.ts')).runDoctor(session);
  }
}
