import {
  inputFlag,
  keyFlags,
  type KeyOptions,
  optional,
  remoteFlags,
  type RemoteOptions,
  switchOf,
  type TaskArgument,
  taskFlags,
  valueOf,
} from '../../flags.ts';

/** Options of `@skein/nx:execute`; schema.json says what they mean. */
export interface ExecuteOptions extends KeyOptions, RemoteOptions {
  readonly entry: string;
  readonly task?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly concurrency?: number;
  readonly readOnly?: boolean;
  readonly resume?: boolean | string;
  readonly edited?: 'adopt' | 'execute';
  readonly labels?: Readonly<Record<string, TaskArgument>>;
  readonly json?: boolean;
  readonly state?: string;
  readonly args?: readonly TaskArgument[];
}

/** The command line that says the same. */
export function commandLine(options: ExecuteOptions): readonly string[] {
  const { entry, task, input, concurrency, labels = {}, readOnly, json, args } = options;
  return [
    ...(isResume(options) ? resumeOf(options) : ['run', entry, ...optional(task)]),
    ...inputFlag(input),
    ...valueOf('concurrency', concurrency),
    ...keyFlags(options),
    ...switchOf('read-only', readOnly),
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...remoteFlags(options),
    ...switchOf('json', json),
    ...taskFlags(args),
  ];
}

function isResume({ resume }: ExecuteOptions): boolean {
  return resume !== undefined && resume !== false && resume !== 'false';
}

/** Nx makes a text of `--resume=true`, and of `--resume` alone. */
function resumeOf({ entry, task, resume, edited }: ExecuteOptions): readonly string[] {
  const run = resume === true || resume === 'true' || resume === '' ? undefined : resume;
  return [
    'resume',
    ...optional(run === false ? undefined : run),
    '--entry',
    entry,
    ...valueOf('task', task),
    ...valueOf('edited', edited),
  ];
}
