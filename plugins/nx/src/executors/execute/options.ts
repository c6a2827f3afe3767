/** Options of `@skein/nx:execute`; schema.json says what they mean. */
export interface ExecuteOptions {
  readonly entry: string;
  readonly task?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly executor?: 'pool' | 'inline';
  readonly concurrency?: number;
  readonly force?: boolean;
  readonly forceTasks?: readonly string[];
  readonly readOnly?: boolean;
  readonly strict?: boolean;
  readonly resume?: boolean | string;
  readonly edited?: 'adopt' | 'execute';
  readonly json?: boolean;
  readonly state?: string;
  /** Nx makes numbers of what looks like one on its command line. */
  readonly args?: readonly (string | number | boolean)[];
}

/**
 * The command line that says the same. The task's own flags stand behind `--`, so that none of
 * them is taken for one of the command's.
 */
export function commandLine(options: ExecuteOptions): readonly string[] {
  const { entry, task, input, executor, concurrency, json, args = [] } = options;
  const { force, forceTasks = [], readOnly, strict } = options;
  return [
    ...(isResume(options) ? resumeOf(options) : ['run', entry, ...optional(task)]),
    ...(input === undefined ? [] : ['--input', '-']),
    ...(executor === undefined ? [] : ['--executor', executor]),
    ...(concurrency === undefined ? [] : ['--concurrency', String(concurrency)]),
    ...(force === true ? ['--force'] : []),
    ...forceTasks.flatMap((name) => ['--force-task', name]),
    ...(readOnly === true ? ['--read-only'] : []),
    ...(strict === true ? ['--strict'] : []),
    ...(json === true ? ['--json'] : []),
    ...(args.length === 0 ? [] : ['--', ...args.map(String)]),
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
    ...(task === undefined ? [] : ['--task', task]),
    ...(edited === undefined ? [] : ['--edited', edited]),
  ];
}

function optional(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}
