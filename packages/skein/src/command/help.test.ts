import { plain } from '@skein/view';
import { expect, test } from 'vitest';
import { renderCommandHelp, renderHelp } from './help.ts';
import { commands, everyCommand } from './specs.ts';

test('skein --help', () => {
  expect(renderHelp(plain)).toMatchInlineSnapshot(`
    "skein runs plain TypeScript pipelines the way a build system runs a build.

    usage
      skein run <file> [task] [flags] [-- flags of the task]
      skein resume [run] [flags] [-- flags of the task]
      skein rerun <run> [flags]
      skein replay <run> <action> [flags]
      skein plan <file> [task] [flags] [-- flags of the task]
      skein runs [flags]
      skein show <run> [flags]
      skein logs [run] [flags]
      skein why <run> [action] [flags]
      skein lineage <value> [flags]
      skein verify [run] [flags]
      skein affected [file…] [flags]
      skein graph <file> [flags]
      skein gc [flags]
      skein pin [run] [flags]
      skein image <command> [flags]
      skein cache <command> [flags]
      skein cache-server [flags]
      skein doctor [flags]

    commands
      run           run a task of a file
      resume        go on from what an earlier run finished
      rerun         run again what is recorded: its code, its inputs
      replay        execute one recorded action again, here, for the debugger
      plan          say what a run would execute and reuse, before anything runs
      runs          list runs, the newest first
      show          show what a run did, and why
      logs          print what the actions of a run printed
      why           say why actions executed, and why others were reused
      lineage       say where a value came from, and what it went into
      verify        execute a run again, unrecorded, and compare what comes out
      affected      say which tasks' code changed between two states of the tree
      graph         show which task calls which, as the source says
      gc            remove old runs, and what nothing needs any more
      pin           keep a run whatever its age, or list the runs that are kept so
      image         look after the images that tasks run in, and their lock
      cache         look after what is shared on the remote
      cache-server  serve a cache for a team, its CI and Nx
      doctor        check this machine and workspace

      --help     show this help; "skein help <command>" shows that of a command
      --version  show the version of skein

    State is kept in ".skein" at the root of the workspace, or where SKEIN_STATE
    says."
  `);
});

test('skein help run', () => {
  const run = commands.find(({ name }) => name === 'run');
  if (run === undefined) throw new Error('there is a command "run"');
  expect(renderCommandHelp(run, plain)).toMatchInlineSnapshot(`
    "skein run: run a task of a file

    usage
      skein run <file> [task] [flags] [-- flags of the task]

    arguments
      <file>  the pipeline, a TypeScript or JavaScript module
      <task>  the task; otherwise "main", or the only one

    flags
      --input <file|->                         a JSON object of inputs by parameter
                                               name
      --executor pool|inline|container         where actions run: in worker
                                               processes (pool), in this one
                                               (inline), in images (container);
                                               otherwise where each task says
      --concurrency <n>                        at most so many actions at once
      --force                                  execute everything, whatever is known
      --force-task <name>                      execute this task, whatever is known
                                               of it; by name or id; may be repeated
      --read-only                              leave no traces: later runs are as if
                                               this one had not been
      --strict                                 impurities and undeclared writes are
                                               errors in every task
      --label <key=value>                      recorded with the run; may be
                                               repeated
      --remote <address>                       where results are shared:
                                               "https://…", "s3://…", "off"
      --remote-mode read|write|read-write|off  what is done with it (read-write
                                               unless told)
      --json                                   exactly one JSON object on standard
                                               output, everything else on standard
                                               error
      -h, --help                               show this help

    examples
      skein run src/main.ts
      skein run src/main.ts train --epochs 3 --force-task evaluate

    Flags that are not listed here are inputs of the task: "skein run <file> [task]
    --help" lists them. A flag of the task that has the name of one above is written
    after "--". A flag wins over the same input in --input.

    Exit codes: 0 succeeded, 1 the pipeline failed, 2 wrong usage or bad input, 130
    interrupted."
  `);
});

test.each(everyCommand().map((command) => [command.name, command] as const))(
  'the help of %s names each of its flags and fits into 80 columns',
  (_, command) => {
    const text = renderCommandHelp(command, plain);
    for (const { name, hidden } of command.options) {
      expect(text.includes(`--${name}`)).toBe(hidden !== true);
    }
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test('skein help cache, whose words are commands of their own', () => {
  const cache = commands.find(({ name }) => name === 'cache');
  if (cache === undefined) throw new Error('there is a command "cache"');
  expect(renderCommandHelp(cache, plain)).toMatchInlineSnapshot(`
    "skein cache: look after what is shared on the remote

    usage
      skein cache <command> [flags]

    commands
      cache ls       list what is shared, the newest first
      cache inspect  show one shared result: who made it, when, from what
      cache stats    say how much is shared, by scope
      cache verify   read what is shared, and check signatures and bytes
      cache revoke   believe a writer no more: what it shared is gone for all
      cache gc       remove what is old, or too much, from the remote
      cache push     share what this state knows, and say what stays here and why
      cache pull     bring what is shared into this state

    The remote is the one of runs: "--remote", SKEIN_REMOTE, or the configuration;
    with the rights of the token in SKEIN_REMOTE_TOKEN."
  `);
});
