import { cache, cacheServer } from './cache-specs.ts';
import { image } from './image-specs.ts';
import { plan, resume, run } from './run-specs.ts';
import { type CommandSpec, type PositionalSpec, executor, helpFlag, json } from './spec.ts';

export type { CommandSpec, OptionSpec, PositionalSpec } from './spec.ts';

const recordedRun: PositionalSpec = {
  name: 'run',
  required: true,
  doc: 'its id, the unique beginning of it, or "last"',
};

const rerun: CommandSpec = {
  name: 'rerun',
  summary: 'run again what is recorded: its code, its inputs',
  examples: ['skein rerun last', 'skein rerun 20261124-054405 --action 3 --force'],
  positionals: [recordedRun],
  options: [
    { name: 'action', value: 'n', doc: 'one action of it, as the entry of a run of its own' },
    ...run.options.filter(({ name }) => name !== 'input'),
  ],
  notes: [
    'The code is the recorded one, whatever the sources are now: they may be edited, broken or ' +
      'gone. What is different around it is said first, and recorded: platform, installed ' +
      'packages, lock file, commit, declared variables. Nothing that is made with other packages ' +
      'is taken for what was made with those of then.',
    'Exit codes: 0 succeeded, 1 the pipeline failed, 2 wrong usage or bad input, 130 interrupted.',
  ],
};

const replay: CommandSpec = {
  name: 'replay',
  summary: 'execute one recorded action again, here, for the debugger',
  examples: ['skein replay last 3', 'skein replay last 3 --inspect'],
  positionals: [recordedRun, { name: 'action', required: true, doc: 'its number' }],
  options: [
    {
      name: 'inspect',
      value: 'host:port',
      optional: true,
      doc: "wait for a debugger, and stop at the task's first line (127.0.0.1:9229 unless told)",
    },
    json,
    helpFlag,
  ],
  notes: [
    'Its code, its inputs, and what its calls, checkpoints and snapshot came to are the recorded ' +
      'ones; nothing is recorded. A call that is not on record executes, in this process too.',
    'Exit codes: 0 it came to a result, 1 it threw, 2 wrong usage or bad input.',
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
    { name: 'label', value: 'key=value', repeats: true, doc: 'only those with this label' },
    {
      name: 'since',
      value: 'time',
      doc: 'only those that began then or later: "2h" ago, or a time such as 2026-11-24T09:00',
    },
    { name: 'until', value: 'time', doc: 'only those that began before that' },
    { name: 'initiator', value: 'who', doc: 'only those started so, such as "command" or "nx"' },
    { name: 'origin', value: 'run', doc: 'only those that go on from this run, or repeat it' },
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

const logs: CommandSpec = {
  name: 'logs',
  summary: 'print what the actions of a run printed',
  examples: ['skein logs last --task train --follow', 'skein logs last --action 3 --stream stderr'],
  positionals: [
    { name: 'run', required: false, doc: 'its id or the beginning of it; otherwise "last"' },
  ],
  options: [
    {
      name: 'action',
      value: 'n',
      doc: 'only this action; 0: what processes printed while several actions ran in them',
    },
    { name: 'task', value: 'name', doc: 'only actions of this task; by name or id' },
    {
      name: 'stream',
      value: 'stream',
      choices: ['stdout', 'stderr'],
      doc: 'only what was printed there',
    },
    { name: 'follow', short: 'f', doc: 'go on until the run ends' },
    { ...json, doc: `${json.doc}; with --follow an object a line, the last of them the end` },
    helpFlag,
  ],
  notes: [
    'Each line has the seconds since the run began, the action and its task, and "|" for ' +
      'standard output or "!" for standard error.',
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

const lineage: CommandSpec = {
  name: 'lineage',
  summary: 'say where a value came from, and what it went into',
  examples: [
    'skein lineage model.bin',
    'skein lineage last/12/result.rows[3].text --up',
    'skein lineage 4f1c09a2 --down --mermaid',
  ],
  positionals: [
    {
      name: 'value',
      required: true,
      doc: 'a file or folder, a digest or 8 digits of it, or "run/action" with a path',
    },
  ],
  options: [
    { name: 'up', doc: 'only what it came from' },
    { name: 'down', doc: 'only what it went into' },
    { name: 'depth', value: 'n', doc: 'at most so many steps' },
    { name: 'all', doc: 'every action, however many are alike' },
    { name: 'mermaid', doc: 'as a flowchart' },
    json,
    helpFlag,
  ],
  notes: [
    'A path leads into the result of an action, or into what it was given: ' +
      '"last/3/result.rows[2]", "last/3/input.file". Files and folders are known by their ' +
      'content, wherever they lie.',
    'Values are the same where their bytes are: objects, lists, files, folders and texts of at ' +
      'least 16 bytes. Numbers and shorter texts are never linked.',
  ],
};

const verify: CommandSpec = {
  name: 'verify',
  summary: 'execute a run again, unrecorded, and compare what comes out',
  examples: ['skein verify', 'skein verify last --entry src/main.ts --json'],
  positionals: [
    { name: 'run', required: false, doc: 'its id or the beginning of it; otherwise "last"' },
  ],
  options: [
    { name: 'entry', value: 'file', doc: 'only a run of this file; "last": the newest that ended' },
    { name: 'task', value: 'name', doc: 'only a run of this task, by name or id' },
    executor,
    json,
    helpFlag,
  ],
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

const gc: CommandSpec = {
  name: 'gc',
  summary: 'remove old runs, and what nothing needs any more',
  examples: ['skein gc --dry-run', 'skein gc --older-than 7d --max-size 10Gi'],
  positionals: [],
  options: [
    { name: 'older-than', value: 'age', doc: 'runs that ended longer ago: "12h", "30d"' },
    { name: 'keep', value: 'n', doc: 'the newest n stay; without --older-than all others go' },
    { name: 'max-size', value: 'size', doc: 'then the oldest, until so much is left: "10Gi"' },
    { name: 'unfinished', doc: 'also runs that failed, were cancelled or interrupted' },
    { name: 'corrupt', doc: 'also databases that were set aside as damaged, if as old' },
    { name: 'dry-run', doc: 'say what would be removed, and remove nothing' },
    json,
    helpFlag,
  ],
  notes: [
    'Without flags: runs that ended more than 30 days ago go, and with them every result that ' +
      'is older and that no other run used. Pinned runs stay, and unfinished ones with the runs ' +
      'that they went on from, until a resume of them succeeds.',
    'It may be called at any time. While something runs, what no record names any more stays for ' +
      'the next time. A result that is gone is made again when it is needed.',
    'Exit codes: 0 done, 1 --max-size was not reached, 2 wrong usage.',
  ],
};

const pin: CommandSpec = {
  name: 'pin',
  summary: 'keep a run whatever its age, or list the runs that are kept so',
  examples: ['skein pin last', 'skein pin 20261124-0544 --remove', 'skein pin'],
  positionals: [
    { name: 'run', required: false, doc: 'its id, the unique beginning of it, or "last"' },
  ],
  options: [{ name: 'remove', doc: 'let gc have it again' }, json, helpFlag],
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
  resume,
  rerun,
  replay,
  plan,
  runs,
  show,
  logs,
  why,
  lineage,
  verify,
  affected,
  graph,
  gc,
  pin,
  image,
  cache,
  cacheServer,
  doctor,
];

/** Each of them, and those whose names go on from theirs. */
export function everyCommand(from: readonly CommandSpec[] = commands): readonly CommandSpec[] {
  return from.flatMap((command) => [command, ...everyCommand(command.commands ?? [])]);
}

/** A command by its whole name: `run`, `cache ls`. */
export function commandNamed(name: string): CommandSpec | undefined {
  return everyCommand().find((command) => command.name === name);
}

export interface FoundCommand {
  readonly command: CommandSpec;
  readonly args: readonly string[];
}

/** The command that a line begins with, the longest name, and what follows it. */
export function findCommand(
  words: readonly string[],
  among: readonly CommandSpec[] = commands,
): FoundCommand | undefined {
  const [first, ...args] = words;
  const command = among.find(({ name }) => name.split(' ').at(-1) === first);
  if (command === undefined) return undefined;
  return findCommand(args, command.commands ?? []) ?? { command, args };
}
