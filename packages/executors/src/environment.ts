import type { TaskOptions } from '@skein/model';

/** The command's environment, as `process.env` gives it. */
export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

/** What a worker process is given (O6). */
export interface MadeEnvironment {
  /** The whole environment of the process; also what listing it shows. */
  readonly visible: Readonly<Record<string, string>>;
  /** Readable by name only, each read an observation. */
  readonly hidden: Readonly<Record<string, string>>;
  /** The command's `PATH`; `undefined` where the options or the image set another. */
  readonly path: string | undefined;
}

/** The two options that decide what a process may see. */
export type EnvironmentOptions = Pick<TaskOptions, 'variables' | 'secrets'>;

/** Handed on as they are. The last three are what a Windows process cannot do without. */
const HANDED_ON = ['PATH', 'HOME', 'Path', 'USERPROFILE', 'SystemRoot'];

/** Reading these is no observation: they are handed on, or the same everywhere. */
const UNOBSERVED = new Set([...HANDED_ON, 'TMPDIR', 'TZ', 'LC_ALL']);

const ABSENT =
  /^(?:NODE_OPTIONS|NX_.*|npm_.*|SKEIN_.*|CI|TERM|.*COLOR.*|PWD|OLDPWD|SHLVL|_|USER|LOGNAME)$/s;
/** Node asks for these on its own, whatever the author's code does. */
const NODES_OWN = new Set(['NODE_V8_COVERAGE', 'WATCH_REPORT_DEPENDENCIES']);

/** What a process gets that no option names. */
export interface Provision {
  /** Folder for temporary files. */
  readonly scratch: string;
  /** The gpus that it may use; absent: nobody asked for any. */
  readonly devices?: readonly string[] | undefined;
  /** It runs in an image, whose own variables take the place of what the machine hands on. */
  readonly contained?: boolean;
}

/** Environment of a process that serves these options. */
export function makeEnvironment(
  command: CommandEnvironment,
  options: EnvironmentOptions,
  { scratch, devices = [], contained = false }: Provision,
): MadeEnvironment {
  const visible: Record<string, string> = { TMPDIR: scratch, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const show = (name: string, value: string | undefined): void => {
    if (value !== undefined) visible[name] = value;
  };
  if (contained) visible['HOME'] = scratch;
  else for (const name of HANDED_ON) show(name, command[name]);
  for (const [name, source] of Object.entries(options.variables)) {
    if (source.kind === 'set') visible[name] = source.value;
    else show(name, command[name]);
  }
  for (const name of options.secrets) show(name, command[name]);
  // Which of the machine's gpus they are is no more observed than where the scratch folder lies.
  if (devices.length > 0) visible['CUDA_VISIBLE_DEVICES'] = devices.join(',');
  const declared = new Set([...Object.keys(options.variables), ...options.secrets]);
  const hidden: Record<string, string> = {};
  for (const [name, value] of Object.entries(command)) {
    if (value === undefined || Object.hasOwn(visible, name) || declared.has(name)) continue;
    const isOfMachine = contained && HANDED_ON.includes(name);
    if (!isAbsent(name) && !isOfMachine) hidden[name] = value;
  }
  const isOther = contained || options.variables['PATH']?.kind === 'set';
  const path = isOther ? undefined : command['PATH'];
  return { visible, hidden, path };
}

/**
 * What code in a worker gets for an undeclared variable: what a recorded observation of one is
 * checked against.
 */
export function readableVariable(command: CommandEnvironment, name: string): string | undefined {
  return isAbsent(name) ? undefined : command[name];
}

/** Whether reading an undeclared variable of this name is an observation. */
export function isObserved(name: string): boolean {
  return !UNOBSERVED.has(name) && !isAbsent(name);
}

/** Equal for options that may share a process (O6). */
export function environmentKey(options: EnvironmentOptions): string {
  const variables = Object.entries(options.variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([variables, [...options.secrets].sort()]);
}

function isAbsent(name: string): boolean {
  return ABSENT.test(name) || NODES_OWN.has(name);
}
