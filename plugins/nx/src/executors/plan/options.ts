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
} from '../../flags.ts';

/** Options of `@skein/nx:plan`; schema.json says what they mean. */
export interface PlanOptions extends KeyOptions, RemoteOptions {
  readonly entry: string;
  readonly task?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly json?: boolean;
  readonly state?: string;
  readonly args?: readonly TaskArgument[];
}

/** The command line that says the same. */
export function planLine(options: PlanOptions): readonly string[] {
  const { entry, task, input, json, args } = options;
  return [
    'plan',
    entry,
    ...optional(task),
    ...inputFlag(input),
    ...keyFlags(options),
    ...remoteFlags(options),
    ...switchOf('json', json),
    ...taskFlags(args),
  ];
}
