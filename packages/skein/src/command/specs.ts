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
  /** Only the last: any number of them. */
  readonly repeats?: boolean;
  readonly doc: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** True where flags that are not ours belong to the task. */
  readonly takesTaskFlags?: boolean;
  /** Whole command lines, as they are typed. */
  readonly examples?: readonly string[];
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[];
}

const json: OptionSpec = {
  name: 'json',
  doc: 'exactly one JSON object on standard output, everything else on standard error',
};
const executor: OptionSpec = {
  name: 'executor',
  value: 'name',
  choices: ['pool', 'inline'],
  doc: 'where actions run: in worker processes (pool), or in this one (inline)',
};
const helpFlag: OptionSpec = { name: 'help', short: 'h', doc: 'show this help' };

const run: CommandSpec = {
  name: 'run',
  summary: 'run a task of a file',
  examples: [
    'skein run src/main.ts',
    'skein run src/main.ts train --epochs 3 --force-task evaluate',
  ],
  positionals: [
    { name: 'file', required: true, doc: 'the pipeline, a TypeScript or JavaScript module' },
    { name: 'task', required: false, doc: 'the task; otherwise "main", or the only one' },
  ],
  options: [
    { name: 'input', value: 'file|-', doc: 'a JSON object of inputs by parameter name' },
    executor,
    { name: 'concurrency', value: 'n', doc: 'at most so many actions at once' },
    { name: 'force', doc: 'execute everything, whatever is known' },
    {
      name: 'force-task',
      value: 'name',
      repeats: true,
      doc: 'execute this task, whatever is known of it; by name or id',
    },
    { name: 'read-only', doc: 'leave no traces: later runs are as if this one had not been' },
    { name: 'strict', doc: 'impurities and undeclared writes are errors in every task' },
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

/** They change what is recorded of a run, or when something runs, but not what. */
const NOT_PLANNED: readonly string[] = ['concurrency', 'read-only', 'label'];

const plan: CommandSpec = {
  name: 'plan',
  summary: 'say what a run would execute and reuse, before anything runs',
  examples: ['skein plan src/main.ts', 'skein plan src/main.ts train --epochs 3 --json'],
  positionals: run.positionals,
  options: run.options.filter(({ name }) => !NOT_PLANNED.includes(name)),
  takesTaskFlags: true,
  notes: [
    'Nothing of the pipeline is executed but what says which tasks there are, and nothing is ' +
      'recorded. What follows from something that has to execute first is told as unknown.',
    'Times are those of earlier executions: the longest chain of calls, or all work divided by ' +
      'the processors, whichever is longer.',
  ],
};

const runs: CommandSpec = {
  name: 'runs',
  summary: 'list runs, the newest first',
  examples: ['skein runs --status failed --limit 5'],
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
  examples: ['skein show last', 'skein show last --action 3'],
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

const why: CommandSpec = {
  name: 'why',
  summary: 'say why actions executed, and why others were reused',
  examples: ['skein why last', 'skein why last train', 'skein why last 3'],
  positionals: [
    { name: 'run', required: true, doc: 'its id, the unique beginning of it, or "last"' },
    { name: 'action', required: false, doc: 'one action by its number, or those of a task' },
  ],
  options: [json, helpFlag],
  notes: [
    'Without an action: what executed, by task and reason, with the lines of code that changed. ' +
      'With one: the whole answer, down to where it began.',
  ],
};

const verify: CommandSpec = {
  name: 'verify',
  summary: 'execute a run again, unrecorded, and compare what comes out',
  examples: ['skein verify', 'skein verify last --json'],
  positionals: [
    { name: 'run', required: false, doc: 'its id or the beginning of it; otherwise "last"' },
  ],
  options: [executor, json, helpFlag],
  notes: [
    'Every task executes, also those that send or publish something. Nothing of the state changes.',
    'Exit codes: 0 all came out the same, 1 something differs, 2 wrong usage or bad input.',
  ],
};

const affected: CommandSpec = {
  name: 'affected',
  summary: "say which tasks' code changed between two states of the tree",
  examples: ['skein affected --base main', 'skein affected --base v1.0.0 --head main src/main.ts'],
  positionals: [
    {
      name: 'file',
      required: false,
      repeats: true,
      doc: 'the pipelines; otherwise every module that declares tasks and that no other imports',
    },
  ],
  options: [
    { name: 'base', value: 'ref', doc: 'the commit, branch or tag to compare with; needed' },
    { name: 'head', value: 'ref', doc: 'what to compare; otherwise the files as they are' },
    json,
    helpFlag,
  ],
  notes: [
    'Nothing is run. A task changed if its code did, by symbol, over everything it reaches; what ' +
      'executes also depends on inputs and on what earlier runs observed: see "skein plan".',
    'Packages are as installed now in both states; where the lock files of npm name other ones, ' +
      'that counts as a change too.',
  ],
};

const graph: CommandSpec = {
  name: 'graph',
  summary: 'show which task calls which, as the source says',
  examples: ['skein graph src/main.ts --format mermaid'],
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

export const commands: readonly CommandSpec[] = [
  run,
  plan,
  runs,
  show,
  why,
  verify,
  affected,
  graph,
  doctor,
];

export function commandNamed(name: string): CommandSpec | undefined {
  return commands.find((command) => command.name === name);
}
