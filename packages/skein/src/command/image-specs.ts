import { type CommandSpec, helpFlag, json } from './spec.ts';

const ls: CommandSpec = {
  name: 'image ls',
  summary: 'list the images of the workspace: digest, platform, tasks',
  examples: ['skein image ls', 'skein image ls src/main.ts --json'],
  positionals: [
    {
      name: 'file',
      required: false,
      doc: 'the pipeline whose tasks are told; otherwise "entry" of the configuration',
    },
  ],
  options: [json, helpFlag],
  notes: ['Exit codes: 0 listed, 2 wrong usage, or a lock that cannot be read.'],
};

const update: CommandSpec = {
  name: 'image update',
  summary: 'ask the registries again, and move the lock',
  examples: [
    'skein image update',
    'skein image update ghcr.io/acme/langid:1.4 --entry src/main.ts --dry-run',
  ],
  positionals: [
    {
      name: 'image',
      required: false,
      repeats: true,
      doc: 'as tasks name it, or the name of one that is built; otherwise all',
    },
  ],
  options: [
    {
      name: 'entry',
      value: 'file',
      doc: 'the pipeline whose tasks are told; otherwise "entry" of the configuration',
    },
    { name: 'dry-run', doc: 'say what would move; nothing is built or written' },
    json,
    helpFlag,
  ],
  notes: [
    'It says which tasks execute again: those of the pipeline whose image is another one. ' +
      'Without a pipeline it says so by the records of earlier runs, and images that are built ' +
      'stay as they are: only the pipeline tells what they are built of.',
    'All that was asked for moves, or nothing. Commit "skein.images.json" then.',
    'Exit codes: 0 done, 2 wrong usage, or a registry that does not answer.',
  ],
};

const inspect: CommandSpec = {
  name: 'image inspect',
  summary: 'show what the lock and the registry say of an image',
  examples: ['skein image inspect python:3.12-slim', 'skein image inspect langid --json'],
  positionals: [
    {
      name: 'image',
      required: true,
      doc: 'a reference, the name of one that is built, or 8 digits of a digest',
    },
  ],
  options: [json, helpFlag],
  notes: ['Exit codes: 0 shown, 1 the registry says nothing, 2 wrong usage, or no such image.'],
};

export const image: CommandSpec = {
  name: 'image',
  summary: 'look after the images that tasks run in, and their lock',
  positionals: [],
  options: [],
  commands: [ls, update, inspect],
  onlyBegins: true,
  notes: ['"skein.images.json" says which digest each image has: everyone makes the same keys.'],
};
