/** An option of a command: the parser and the help both read this. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; absent: a switch without value. */
  readonly value?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  readonly repeats?: boolean;
  readonly doc: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly required: boolean;
  readonly doc: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** True where flags that are not ours belong to the task. */
  readonly takesTaskFlags?: boolean;
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[];
}

const json: OptionSpec = {
  name: 'json',
  doc: 'exactly one JSON object on standard output, everything else on standard error',
};
const helpFlag: OptionSpec = { name: 'help', short: 'h', doc: 'show this help' };

const run: CommandSpec = {
  name: 'run',
  summary: 'run a task of a file',
  positionals: [
    { name: 'file', required: true, doc: 'the pipeline, a TypeScript or JavaScript module' },
    { name: 'task', required: false, doc: 'the task; otherwise "main", or the only one' },
  ],
  options: [
    { name: 'input', value: 'file|-', doc: 'a JSON object of inputs by parameter name' },
    {
      name: 'executor',
      value: 'name',
      choices: ['pool', 'inline'],
      doc: 'where actions run: in worker processes (pool), or in this one (inline)',
    },
    { name: 'concurrency', value: 'n', doc: 'at most so many actions at once' },
    { name: 'force', doc: 'execute everything, whatever is known' },
    { name: 'label', value: 'key=value', repeats: true, doc: 'recorded with the run' },
    json,
    helpFlag,
  ],
  takesTaskFlags: true,
  notes: [
    'Flags that are not listed here are inputs of the task: "skein run <file> [task] --help" ' +
      'lists them. A flag of the task that has the name of one above is written after "--". ' +
      'A flag wins over the same input in --input.',
    'Exit codes: 0 succeeded, 1 the pipeline failed, 2 wrong usage or bad input, 130 interrupted.',
  ],
};

const runs: CommandSpec = {
  name: 'runs',
  summary: 'list runs, the newest first',
  positionals: [],
  options: [
    { name: 'limit', value: 'n', doc: 'at most so many (20 unless told)' },
    {
      name: 'status',
      value: 'status',
      choices: ['running', 'succeeded', 'failed', 'cancelled', 'interrupted'],
      doc: 'only those that ended so',
    },
    { name: 'task', value: 'id', doc: 'only those of this task, such as "src/main.ts#main"' },
    { name: 'label', value: 'key=value', doc: 'only those with this label' },
    json,
    helpFlag,
  ],
};

const show: CommandSpec = {
  name: 'show',
  summary: 'show what a run did, and why',
  positionals: [
    { name: 'run', required: true, doc: 'its id, the unique beginning of it, or "last"' },
  ],
  options: [
    { name: 'action', value: 'n', doc: 'one action, whole' },
    {
      name: 'all',
      doc: 'every action, however many are alike; with --json every value, however large',
    },
    json,
    helpFlag,
  ],
};

const graph: CommandSpec = {
  name: 'graph',
  summary: 'show which task calls which, as the source says',
  positionals: [{ name: 'file', required: true, doc: 'the pipeline' }],
  options: [
    {
      name: 'format',
      value: 'format',
      choices: ['text', 'mermaid', 'json'],
      doc: 'text unless told',
    },
    { ...json, doc: 'the same as --format json' },
    helpFlag,
  ],
};

const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'check this machine and workspace',
  positionals: [],
  options: [json, helpFlag],
};

/** Not in the list: it is about the others. */
export const help: CommandSpec = {
  name: 'help',
  summary: 'show how a command is used',
  positionals: [{ name: 'command', required: false, doc: 'the command' }],
  options: [],
};

export const commands: readonly CommandSpec[] = [run, runs, show, graph, doctor];

export function commandNamed(name: string): CommandSpec | undefined {
  return commands.find((command) => command.name === name);
}
