import { type CommandSpec, executor, helpFlag, json } from './spec.ts';

/** As the workspace knows them, which is not loaded for a look at the table. */
const REMOTE_MODES = ['read', 'write', 'read-write', 'off'] as const;

export const run: CommandSpec = {
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
    {
      name: 'remote',
      value: 'address',
      doc: 'where results are shared: "https://…", "s3://…", "off"',
    },
    {
      name: 'remote-mode',
      value: 'mode',
      choices: REMOTE_MODES,
      doc: 'what is done with it (read-write unless told)',
    },
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

export const resume: CommandSpec = {
  name: 'resume',
  summary: 'go on from what an earlier run finished',
  examples: [
    'skein resume',
    'skein resume --dry-run',
    'skein resume 20261124-054405 --edited execute --epochs 5',
  ],
  positionals: [
    {
      name: 'run',
      required: false,
      doc: 'its id, the beginning of it, or "last"; otherwise the newest that did not succeed',
    },
  ],
  options: [
    { name: 'dry-run', doc: 'say what would be adopted and what would execute; nothing runs' },
    {
      name: 'edited',
      value: 'what',
      choices: ['adopt', 'execute'],
      doc: 'results that earlier code or data made: adopt them (unless told), or execute again',
    },
    { name: 'entry', value: 'file', doc: 'only runs of this file' },
    { name: 'task', value: 'name', doc: 'only runs of this task, by name or id' },
    ...run.options.filter(({ name }) => name !== 'force'),
  ],
  takesTaskFlags: true,
  notes: [
    'The inputs are those of the earlier run. Flags that are not listed here are inputs of its ' +
      'task, and win over them; so does "--input". A result whose inputs changed is never adopted.',
    'Labels are kept, and added to. What is adopted counts for this run only: a later ' +
      '"skein run" does not meet it.',
    'Exit codes: 0 succeeded, 1 the pipeline failed, 2 wrong usage or bad input, 130 interrupted.',
  ],
};

/** They change what is recorded of a run, or when something runs, but not what. */
const NOT_PLANNED: readonly string[] = ['concurrency', 'read-only', 'label'];

export const plan: CommandSpec = {
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
