/** Options that several executors have, with one meaning; their schemas say it. */
export interface RemoteOptions {
  readonly remote?: string;
  readonly remoteMode?: 'read' | 'write' | 'read-write' | 'off';
}

export interface KeyOptions {
  readonly executor?: 'pool' | 'inline' | 'container';
  readonly force?: boolean;
  readonly forceTasks?: readonly string[];
  readonly strict?: boolean;
}

export function remoteFlags({ remote, remoteMode }: RemoteOptions): readonly string[] {
  return [...valueOf('remote', remote), ...valueOf('remote-mode', remoteMode)];
}

export function keyFlags({ executor, force, forceTasks = [], strict }: KeyOptions): string[] {
  return [
    ...valueOf('executor', executor),
    ...switchOf('force', force),
    ...forceTasks.flatMap((name) => ['--force-task', name]),
    ...switchOf('strict', strict),
  ];
}

/** A switch that is off is not there. */
export function switchOf(name: string, on: boolean | undefined): readonly string[] {
  return on === true ? [`--${name}`] : [];
}

export function valueOf(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}`, String(value)];
}

/** The input itself follows on standard input. */
export function inputFlag(input: object | undefined): readonly string[] {
  return input === undefined ? [] : ['--input', '-'];
}

/** Nx makes numbers of what looks like one on its command line. */
export type TaskArgument = string | number | boolean;

/** The task's own flags stand behind `--`: none of them is taken for one of the command's. */
export function taskFlags(args: readonly TaskArgument[] = []): readonly string[] {
  return args.length === 0 ? [] : ['--', ...args.map(String)];
}

export function optional(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}
