import childProcess from 'node:child_process';
import type { Stats } from 'node:fs';
import { basename, delimiter, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import workerThreads from 'node:worker_threads';
import type { PlainObservation } from '@skein/model';
import { authorLine, findAsker } from './author-line.ts';
import { wordsOf } from './command-line.ts';
import type { Word } from './command-line.ts';
import { lookInto } from './listing.ts';
import type { ModuleDigests } from './module-digest.ts';
import { native } from './native-fs.ts';
import type { Patches } from './patches.ts';
import { interpreterOf, nameSearchPath, PROGRAM } from './program.ts';
import type { Reporter } from './report-impurity.ts';
import type { TrackingSettings } from './settings.ts';
import { stampedDigest } from './stamped-digest.ts';
import { throughLinks } from './links-into-image.ts';
import { lookAt } from './stats.ts';
import type { Stamps } from './stamped-digest.ts';

/** A program that is about to be started. */
export interface Command {
  /** As it is looked up: a name, or a path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly searchPath: string;
}

export interface SubprocessPorts {
  readonly settings: TrackingSettings;
  readonly reporter: Reporter;
  readonly digests: ModuleDigests;
  readonly stamps: Stamps;
}

/** Used where the environment has no `PATH`, by `execvp`. */
const DEFAULT_PATH = '/usr/bin:/bin';
const SHELL = /^(?:ba|da|k|z|a)?sh$/;

/**
 * Has subprocesses and threads reported (O8): what they do is not watched. So the program, and each
 * argument that names a file or a folder, are observed when they start.
 */
export function trackSubprocesses(patches: Patches, ports: SubprocessPorts): void {
  installed = ports;
  const { ChildProcess } = childProcess;
  const starts = (command: Command): void => observeCommand(command, ports);
  // Every asynchronous form comes here, `fork`, `cluster` and promisified ones included.
  patches.beforeCall(ChildProcess.prototype, 'spawn', ([options]) =>
    starts(spawnedCommand(options as SpawnOptions)),
  );
  for (const name of ['spawnSync', 'execFileSync'] as const) {
    patches.beforeCall(childProcess, name, ([file, ...rest]) => {
      const args = Array.isArray(rest[0]) ? (rest.shift() as unknown[]) : [];
      const options: SyncOptions = rest[0] ?? {};
      starts(commandOf(String(file), args.map(String), options));
    });
  }
  patches.beforeCall(childProcess, 'execSync', ([line, options]) =>
    starts(commandOf(String(line), [], { shell: true, ...(options as SyncOptions | undefined) })),
  );
  patches.beforeCall(process, 'execve', ([file, args]) => {
    const given = Array.isArray(args) ? args.slice(1).map(String) : [];
    starts(commandOf(String(file), given, {}));
  });
  patches.beforeCall(workerThreads, 'Worker', ([script, options]) => {
    const isTold = ports.reporter.impure('subprocess', 'new Worker()');
    const isCode = (options as { readonly eval?: boolean } | undefined)?.eval === true;
    const path = isTold && !isCode ? scriptPath(script) : undefined;
    if (path !== undefined) observePath(path, ports);
  });
}

/** Of whoever tracks at present. */
let installed: SubprocessPorts | undefined;

/**
 * Has a program observed that is about to be started on behalf of the present code, in the working
 * folder and by the variables of the process: it, and each argument that names a file. It is no
 * impurity: for whoever is a program.
 */
export function observeStart({ program, args }: Pick<Command, 'program' | 'args'>): void {
  if (installed === undefined) return;
  // Where it writes the line does not tell: `cd "$1"; make > "$2"`.
  observeWords(commandOf(program, args, {}), installed, ['program', 'argument']);
}

interface SpawnOptions {
  readonly file: string;
  /** The first is what the program is told as its name. */
  readonly args?: readonly string[];
  readonly cwd?: string | URL | undefined;
  readonly envPairs?: readonly string[];
}

interface SyncOptions {
  readonly shell?: boolean | string | undefined;
  readonly cwd?: string | URL | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

function spawnedCommand({ file, args = [], cwd, envPairs = [] }: SpawnOptions): Command {
  const pair = envPairs.find((it) => it.startsWith('PATH='));
  const searchPath = pair?.slice('PATH='.length) ?? DEFAULT_PATH;
  return { program: file, args: args.slice(1), cwd: folderOf(cwd), searchPath };
}

function commandOf(file: string, args: readonly string[], options: SyncOptions): Command {
  const { shell, cwd, env = process.env } = options;
  const rest = { cwd: folderOf(cwd), searchPath: env['PATH'] ?? DEFAULT_PATH };
  if (shell !== true && typeof shell !== 'string') return { program: file, args, ...rest };
  const program = shell === true ? '/bin/sh' : shell;
  return { program, args: ['-c', [file, ...args].join(' ')], ...rest };
}

function folderOf(cwd: string | URL | undefined): string {
  if (cwd === undefined || cwd === null) return process.cwd();
  return resolve(cwd instanceof URL ? fileURLToPath(cwd) : cwd);
}

function scriptPath(script: unknown): string | undefined {
  if (script instanceof URL) return script.protocol === 'file:' ? fileURLToPath(script) : undefined;
  return typeof script === 'string' ? resolve(script) : undefined;
}

function observeCommand(command: Command, ports: SubprocessPorts): void {
  const first = lineWords(command)?.find((it) => it.role === 'program')?.text;
  if (!ports.reporter.impure('subprocess', first ?? command.program)) return;
  observeWords(command, ports);
}

const ROLES: readonly Word['role'][] = ['program', 'argument', 'output'];

function observeWords(command: Command, ports: SubprocessPorts, roles = ROLES): void {
  const { program, args, cwd } = command;
  observeProgram(program, command, ports);
  const words = lineWords(command);
  if (words === undefined) for (const arg of args) observeArgument(arg, cwd, ports);
  else {
    for (const word of words) if (roles.includes(word.role)) observeWord(word, command, ports);
  }
}

/** What a shell is told to run; `undefined`: it is no shell, or told a script. */
function lineWords({ program, args }: Command): readonly Word[] | undefined {
  const line = SHELL.test(basename(program)) ? lineOf(args) : undefined;
  return line === undefined ? undefined : wordsOf(line);
}

/** What follows `-c`, other options before it aside. */
function lineOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((it) => /^-[a-z]*c$/.test(it));
  return at < 0 ? undefined : args[at + 1];
}

function observeWord({ text, role }: Word, command: Command, ports: SubprocessPorts): void {
  if (role === 'program') observeProgram(text, command, ports);
  else if (role === 'argument') observeArgument(text, command.cwd, ports);
  else {
    const { settings, digests } = ports;
    const watcher = settings.watcher();
    const path = resolve(command.cwd, text);
    const found = digests.paths.of(path) ?? digests.paths.changedInImage(path);
    if (found === undefined || watcher === undefined) return;
    const at = authorLine(settings);
    watcher.wrote(found.name, 'a subprocess', at);
    const where = at === undefined ? '' : `, at ${at}`;
    watcher.untraceable(
      `a subprocess wrote "${found.name}"${where}; hand on a File or Dir instead`,
    );
  }
}

function observeProgram(program: string, command: Command, ports: SubprocessPorts): void {
  const { digests, settings } = ports;
  if (settings.container !== undefined) {
    observeMountedProgram(program, command, ports);
    return;
  }
  const { cwd, searchPath } = command;
  const { paths } = digests;
  const isPath = program.includes('/');
  const file = resolve(cwd, program);
  const named = isPath ? (paths.of(file)?.name ?? file) : program;
  // A path in the root's own folder still says that it is no name.
  const name = isPath && !named.includes('/') ? `./${named}` : named;
  const isSearched = !isPath || interpreterOf(file)?.includes('/') === false;
  const from = isSearched ? nameSearchPath(searchPath, cwd, { paths, path: settings.path }) : '.';
  tell(digests.observe({ specifier: `${PROGRAM}${name}`, from }), ports);
}

/**
 * In a container the image stands for its own programs, and the machine has others by these names:
 * what counts is where a mounted one could be found, and the file that is.
 */
function observeMountedProgram(program: string, command: Command, ports: SubprocessPorts): void {
  const { cwd, searchPath } = command;
  const { paths } = ports.digests;
  const folders = program.includes('/') ? [cwd] : searchPath.split(delimiter);
  for (const folder of folders) {
    const file = resolve(cwd, folder, program);
    const found = paths.of(file);
    if (found === undefined) continue;
    if (found.inPackage === undefined) {
      tell(
        { kind: 'stat', path: found.name, aspect: 'stat', digest: lookAt(file, 'stat', paths) },
        ports,
      );
    }
    if (statsOf(file) === undefined) continue;
    observePath(file, ports);
    const interpreter = interpreterOf(file);
    if (interpreter !== undefined) observeMountedProgram(interpreter, command, ports);
    return;
  }
}

/** `--config=a.json` names a file too. */
function observeArgument(arg: string, cwd: string, ports: SubprocessPorts): void {
  for (const text of arg.startsWith('-') ? [arg.replace(/^[^=]*=?/, '')] : [arg, afterEqual(arg)]) {
    if (text !== '' && !text.includes('\0')) observePath(resolve(cwd, text), ports);
  }
}

function afterEqual(arg: string): string {
  const at = arg.indexOf('=');
  return at < 0 ? '' : arg.slice(at + 1);
}

function observePath(path: string, ports: SubprocessPorts): void {
  const { digests, stamps, settings } = ports;
  const stats = statsOf(path);
  const found = stats === undefined ? undefined : digests.paths.of(path);
  if (stats === undefined || found === undefined) return;
  const inPackage = digests.lookUpOfPackage(found.absolute);
  if (inPackage !== undefined) tell(digests.observe(inPackage), ports);
  else if (stats.isFile()) {
    const digest = stampedDigest(path, stamps)?.digest ?? null;
    tell({ kind: 'file', path: found.name, digest }, ports);
  } else if (stats.isDirectory()) {
    tell({ kind: 'listing', path: found.name, digest: lookInto(path, settings.state) }, ports);
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return native.statSync(path, { throwIfNoEntry: false });
  } catch {
    // Too long for a name, or behind a folder that may not be entered: no file for the program.
    return undefined;
  }
}

function tell(seen: PlainObservation, { settings, digests }: SubprocessPorts): void {
  const watcher = settings.watcher();
  if (watcher === undefined) return;
  const { through } = findAsker(settings);
  for (const one of throughLinks(seen, digests.paths)) watcher.observe(one, through);
}
