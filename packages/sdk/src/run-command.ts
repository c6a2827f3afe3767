import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layOutInputs } from './command-inputs.ts';
import type { InputTexts } from './command-inputs.ts';
import { OutputProblem, takeOutput, textOf, watchOutputs } from './command-outputs.ts';
import type { OutputsFolder } from './command-outputs.ts';
import { fillTemplate, placeholdersOf } from './command-template.ts';
import type { PlainOutput } from './command-spec.ts';
import type { Placeholder, Template } from './command-template.ts';
import { CommandError } from './errors.ts';
import { currentScope } from './host.ts';
import { isCode } from './loose-files.ts';
import type { DeclaredCommand } from './parse-command.ts';
import { plainScope } from './plain-program.ts';
import { readableLine, shellLine } from './shell-line.ts';
import { spawnProgram } from './spawn-program.ts';
import type { ProgramEnd, ProgramOrder } from './spawn-program.ts';

/** The body of a command task: runs its program with these inputs, and takes its outputs over. */
export async function runCommand(command: DeclaredCommand, given: unknown): Promise<unknown> {
  const scope = currentScope() ?? plainScope;
  const room = await makeRoom(scope.scratch());
  const texts = await layOutInputs(command, given, room.inputs);
  const order = await orderOf(command, texts, room);
  const end = await spawnProgram(order, scope);
  const fault = faultOf(command, end, scope.contained);
  if (fault !== undefined) throw fault;
  return await resultOf(command, end, room.outputs);
}

interface Room {
  readonly inputs: string;
  readonly outputs: OutputsFolder;
}

/** Folders for this one program: an action may run several, by `forward`. */
async function makeRoom(scratch: string): Promise<Room> {
  for (let count = 1; ; count += 1) {
    const ending = count === 1 ? '' : `-${count}`;
    const outputs = join(scratch, `outputs${ending}`);
    try {
      await mkdir(outputs);
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue;
      throw error;
    }
    const inputs = join(scratch, `inputs${ending}`);
    await mkdir(inputs);
    return { inputs, outputs: await watchOutputs(outputs) };
  }
}

async function orderOf(
  command: DeclaredCommand,
  texts: InputTexts,
  room: Room,
): Promise<ProgramOrder> {
  const { program, line, outputs } = command;
  const fill = ({ of, name }: Placeholder): string =>
    of === 'outputs' ? join(room.outputs.path, name) : (texts.get(name) ?? '');
  const printed = new Set(outputs.values());
  const kept = new Set((['stdout', 'stderr'] as const).filter((it) => printed.has(it)));
  const stdin = await layOutStdin(command, fill, join(room.inputs, '.stdin'));
  if (line !== undefined) {
    const args = ['-euc', shellLine(line, fill)];
    return { program, args, shown: ['-euc', readableLine(line, fill)], stdin, kept };
  }
  const args = command.args
    .filter((group) => group.every((it) => isGiven(it, texts)))
    .flatMap((group) => group.map((it) => fillTemplate(it, fill)));
  return { program, args, shown: args, stdin, kept };
}

function isGiven(template: Template, texts: InputTexts): boolean {
  return placeholdersOf(template).every(({ of, name }) => of === 'outputs' || texts.has(name));
}

/** A file as it is; a text is laid out as one. */
async function layOutStdin(
  { stdin, inputs }: DeclaredCommand,
  fill: (placeholder: Placeholder) => string,
  path: string,
): Promise<string | undefined> {
  if (stdin === undefined) return undefined;
  const text = fillTemplate(stdin, fill);
  const [first] = placeholdersOf(stdin);
  const kind = first === undefined ? undefined : inputs.get(first.name)?.kind;
  if (kind === 'file' || kind === 'json') return text === '' ? undefined : text;
  await writeFile(path, text, { flag: 'wx' });
  return path;
}

/** Why the program is no success. */
function faultOf(
  command: DeclaredCommand,
  end: ProgramEnd,
  contained: boolean,
): CommandError | undefined {
  const { exitCode, signal, error, stdout, stderr } = end;
  if (error !== undefined) return failed(command, end, notStarted(command, error, contained));
  const { outputs } = command;
  for (const [name, kind] of outputs) {
    const printed = kind === 'stdout' ? stdout : kind === 'stderr' ? stderr : undefined;
    if (printed === undefined || printed.whole !== undefined) continue;
    const most = `more than 64 MiB to ${kind}, which is output "${name}"`;
    return failed(command, end, `${nameOf(command)} printed ${most}: have it write a file`);
  }
  if (exitCode !== null && command.exitCodes.has(exitCode)) return undefined;
  const how = exitCode === null ? `was ended by ${signal}` : `exited with ${exitCode}`;
  const last =
    stderr.tail
      .trimEnd()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() ?? '';
  return failed(command, end, `${nameOf(command)} ${how}${last === '' ? '' : `: ${last}`}`);
}

function notStarted({ program }: DeclaredCommand, error: Error, contained: boolean): string {
  const where = contained ? 'in the image' : 'on this machine';
  if (isCode(error, 'ENOENT')) {
    const script = program.includes('/') ? ', or the program that its first line names' : '';
    return `program "${program}" was not found ${where}${script}`;
  }
  const why = isCode(error, 'EACCES')
    ? 'it may not be executed'
    : isCode(error, 'E2BIG')
      ? 'its arguments are too long, have a long input be a file, JSON, or standard input'
      : error.message;
  return `program "${program}" could not be started ${where}: ${why}`;
}

/** For sentences. */
function nameOf({ program, line }: DeclaredCommand): string {
  return line === undefined ? program : 'sh';
}

function failed(command: DeclaredCommand, end: ProgramEnd, message: string): CommandError {
  const { exitCode, signal, stdout, stderr } = end;
  const told = { command: command.text, exitCode, signal };
  const printed = { stdout: stdout.tail, stderr: stderr.tail };
  return new CommandError(message, { ...told, ...printed });
}

async function resultOf(
  command: DeclaredCommand,
  end: ProgramEnd,
  folder: OutputsFolder,
): Promise<Record<string, unknown>> {
  const found: [string, unknown][] = [];
  for (const [name, kind] of command.outputs) {
    try {
      found.push([name, await outputOf({ name, kind }, end, folder)]);
    } catch (error) {
      if (!(error instanceof OutputProblem)) throw error;
      throw failed(command, end, `output "${name}" of ${nameOf(command)} ${error.message}`);
    }
  }
  return Object.fromEntries(found);
}

async function outputOf(
  { name, kind }: { readonly name: string; readonly kind: PlainOutput },
  end: ProgramEnd,
  folder: OutputsFolder,
): Promise<unknown> {
  if (kind === 'exitCode') return end.exitCode;
  if (kind !== 'stdout' && kind !== 'stderr') return await takeOutput({ name, kind, folder });
  return textOf(end[kind].whole ?? Buffer.alloc(0));
}
