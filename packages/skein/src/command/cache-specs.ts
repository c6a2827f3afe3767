import { type CommandSpec, type OptionSpec, helpFlag, json } from './spec.ts';

const remote: OptionSpec = {
  name: 'remote',
  value: 'address',
  doc: 'the remote: "https://…" or "s3://bucket/prefix"; otherwise the one that runs use',
};
const ownData: OptionSpec = {
  name: 'data',
  value: 'place',
  doc: "on the server's host, with all rights: its folder, or s3://bucket/prefix",
};
const place: readonly OptionSpec[] = [remote, ownData, json, helpFlag];

const scope: OptionSpec = {
  name: 'scope',
  value: 'scope',
  doc: '"trusted", "pr/<n>" or "dev/<user>"',
};

const ls: CommandSpec = {
  name: 'cache ls',
  summary: 'list what is shared, the newest first',
  examples: ['skein cache ls --task features --limit 5', 'skein cache ls --writer 3fa9c1d2 --json'],
  positionals: [],
  options: [
    { name: 'task', value: 'name', doc: 'only results of this task, by name or id' },
    { name: 'writer', value: 'key', doc: 'only what this key signed: the name, or 8 digits of it' },
    { ...scope, doc: `only what is in it: ${scope.doc}` },
    { name: 'limit', value: 'n', doc: 'at most so many (50 unless told)' },
    ...place,
  ],
};

const inspect: CommandSpec = {
  name: 'cache inspect',
  summary: 'show one shared result: who made it, when, from what',
  examples: ['skein cache inspect 4f1c09a2', 'skein cache inspect 4f1c09a2 --json'],
  positionals: [
    { name: 'what', required: true, doc: 'an action key, an entry or a blob: 8 digits or more' },
  ],
  options: place,
};

const revoke: CommandSpec = {
  name: 'cache revoke',
  summary: 'believe a writer no more: what it shared is gone for all',
  examples: ['skein cache revoke --writer ci-main --data /var/lib/skein'],
  positionals: [],
  options: [
    { name: 'writer', value: 'key', doc: 'the name of its key, or the token it registered by' },
    ...place,
  ],
  notes: [
    'States that learned from the writer forget it when they next meet the remote. Named by its ' +
      'token, that is refused from now on, too.',
  ],
};

const verify: CommandSpec = {
  name: 'cache verify',
  summary: 'read what is shared, and check signatures and bytes',
  examples: ['skein cache verify --data /var/lib/skein'],
  positionals: [],
  options: place,
  notes: ['Exit codes: 0 all is well, 1 something is wrong and named, 2 wrong usage.'],
};

const stats: CommandSpec = {
  name: 'cache stats',
  summary: 'say how much is shared, by scope',
  examples: ['skein cache stats --json'],
  positionals: [],
  options: place,
};

const gc: CommandSpec = {
  name: 'cache gc',
  summary: 'remove what is old, or too much, from the remote',
  examples: ['skein cache gc --older-than 30d --max-size 50Gi --dry-run'],
  positionals: [],
  options: [
    { name: 'older-than', value: 'age', doc: 'what nobody asked for since: "12h", "30d"' },
    { name: 'max-size', value: 'size', doc: 'then the oldest, until so much is left: "50Gi"' },
    { name: 'dry-run', doc: 'say what would be removed, and remove nothing' },
    ...place,
  ],
};

const push: CommandSpec = {
  name: 'cache push',
  summary: 'share what this state knows, and say what stays here and why',
  examples: ['skein cache push', 'skein cache push last'],
  positionals: [
    { name: 'run', required: false, doc: 'only what this run made; otherwise all results' },
  ],
  options: [remote, json, helpFlag],
};

const pull: CommandSpec = {
  name: 'cache pull',
  summary: 'bring what is shared into this state',
  examples: ['skein cache pull', 'skein cache pull --task features --artifacts'],
  positionals: [],
  options: [
    { name: 'task', value: 'name', doc: 'only results of this task, by name or id' },
    { name: 'artifacts', doc: 'also the bytes of results; otherwise they come when needed' },
    remote,
    json,
    helpFlag,
  ],
};

export const cache: CommandSpec = {
  name: 'cache',
  summary: 'look after what is shared on the remote',
  positionals: [],
  options: [],
  commands: [ls, inspect, stats, verify, revoke, gc, push, pull],
  onlyBegins: true,
  notes: [
    'The remote is the one of runs: "--remote", SKEIN_REMOTE, or the configuration; with the ' +
      'rights of the token in SKEIN_REMOTE_TOKEN.',
  ],
};

const serverData: OptionSpec = {
  name: 'data',
  value: 'place',
  doc: 'where it keeps what is shared: a folder, or s3://bucket/prefix; needed',
};

const tokenCreate: CommandSpec = {
  name: 'cache-server token create',
  summary: 'make a token, and print it: it is told only now',
  examples: ['skein cache-server token create --data cache --scope trusted --name ci'],
  positionals: [],
  options: [
    serverData,
    { ...scope, doc: `where it writes: ${scope.doc}; needed` },
    {
      name: 'mode',
      value: 'mode',
      choices: ['read', 'write', 'read-write'],
      doc: 'what it may do (read-write unless told)',
    },
    { name: 'name', value: 'text', doc: 'what people call it' },
    json,
    helpFlag,
  ],
  notes: [
    '"trusted" reads trusted entries only; "pr/<n>" and "dev/<user>" read their own and trusted ' +
      'ones. Writes go to its own scope, always.',
  ],
};

const tokenLs: CommandSpec = {
  name: 'cache-server token ls',
  summary: 'list tokens, without what is secret of them',
  positionals: [],
  options: [serverData, json, helpFlag],
};

const tokenRevoke: CommandSpec = {
  name: 'cache-server token revoke',
  summary: 'refuse a token from now on; what it wrote stays',
  examples: ['skein cache-server token revoke ci --data /var/lib/skein'],
  positionals: [{ name: 'token', required: true, doc: 'its id, or its name' }],
  options: [serverData, json, helpFlag],
  notes: ['What it wrote goes by "skein cache revoke --writer <id of the token>".'],
};

const token: CommandSpec = {
  name: 'cache-server token',
  summary: 'make, list and revoke the tokens of a cache server',
  positionals: [],
  options: [],
  commands: [tokenCreate, tokenLs, tokenRevoke],
  onlyBegins: true,
};

export const cacheServer: CommandSpec = {
  name: 'cache-server',
  summary: 'serve a cache for a team, its CI and Nx',
  examples: [
    'skein cache-server --data /var/lib/skein',
    'skein cache-server --listen 0.0.0.0:7337 --data s3://team/skein --keep-for 30d',
  ],
  positionals: [],
  options: [
    { name: 'listen', value: 'host:port', doc: '127.0.0.1:7337 unless told; port 0: a free one' },
    serverData,
    { name: 'keep-for', value: 'age', doc: 'what nobody asked for since then goes: "30d"' },
    { name: 'max-size', value: 'size', doc: 'then the oldest goes, until so much is left: "50Gi"' },
    { name: 'max-connections', value: 'n', doc: 'at most so many at once' },
    { name: 'max-artifact', value: 'size', doc: 'larger ones are refused (4Gi unless told)' },
    {
      name: 'log',
      value: 'form',
      choices: ['json', 'none'],
      doc: 'a line of JSON for each request on standard output (json unless told)',
    },
    {
      name: 'serve-child',
      hidden: true,
      doc: 'as the process that serves, which the first starts',
    },
    helpFlag,
  ],
  commands: [token],
  notes: [
    'It ends gracefully by SIGTERM or SIGINT: what goes on is finished. TLS is left to a proxy ' +
      'in front. Nx finds it by NX_SELF_HOSTED_REMOTE_CACHE_SERVER and ' +
      'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN, skein by SKEIN_REMOTE and SKEIN_REMOTE_TOKEN.',
    'Exit codes: 0 ended, 1 it cannot go on, 2 wrong usage, or an address that is taken.',
  ],
};
