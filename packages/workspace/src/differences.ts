import type { RunState } from '@skein/journal';
import { type RunCode, platformChanges } from '@skein/engine';
import type { ActionImage, Failure, Platform, TaskId, TaskOptions, TaskRow } from '@skein/model';
import { platformBeside, platformIn, platformWith } from '@skein/model';
import { describeChange } from '@skein/view';
import { encode, inputDigest } from '@skein/values';
import { lockFileOf } from './code-version.ts';
import { readGitHead } from './git-head.ts';
import { manifestChanges } from './manifest-changes.ts';
import type { Opened } from './opened.ts';
import type { RecordedCode } from './recorded-code.ts';
import { hostPlatform } from './system.ts';
import { worldOf } from './world.ts';

type Fact = readonly [name: string, value: string];

/** Where tasks run today. */
type Images = Pick<RunCode, 'images' | 'imageFor'>;

/**
 * Says what is different, once the tasks' options are known; `undefined`: nothing is. Without
 * images nothing is said of them.
 */
export type SayDifferences = (rows: Iterable<TaskRow>, images?: Images) => Failure | undefined;

const LIST = 10;
const SHORT_COMMIT = 12;

/**
 * What of a recorded run's surroundings is different today: platform, images, packages, lock file,
 * commit and declared variables, as the warning `code-differs`.
 */
export async function differences(
  opened: Opened,
  run: RunState,
  recorded: RecordedCode,
): Promise<SayDifferences> {
  const keyed = [...platformFacts(run), ...manifestFacts(recorded)];
  const noted = [
    ...skeinFacts(opened, run),
    ...(await lockFacts(opened, run)),
    ...commitFacts(opened, run),
  ];
  return (given, today) => {
    const rows = [...given];
    const declared = [
      ...variableFacts(opened, run, rows),
      ...(today === undefined ? [] : imageFacts(run, rows, today)),
    ];
    if (keyed.length + noted.length + declared.length === 0) return undefined;
    return {
      code: 'code-differs',
      kind: 'warning',
      headline: 'the recorded code runs, but not all else is as it was recorded',
      facts: [['run', run.overview.run], ...keyed, ...declared, ...noted],
      ...(keyed.length + declared.length === 0 ? {} : { hint: APART }),
    };
  };
}

const APART = 'what that counts for executes, unless it is known with what is here now';

/** Of the machine: it counts for nothing where all that executed ran in images. */
function platformFacts({ actions, started }: RunState): readonly Fact[] {
  const executed = [...actions.values()].filter(({ startedAt }) => startedAt !== undefined);
  if (executed.length > 0 && executed.every(({ image }) => image?.applied === true)) return [];
  const changes = platformChanges(started.platform, hostPlatform());
  return changes.map((change) => ['platform', describeChange(change)]);
}

/** What tasks ran in, as the record pins it, and what the same tasks would run in now (Q6). */
function imageFacts(run: RunState, rows: readonly TaskRow[], today: Images): readonly Fact[] {
  const host = hostPlatform();
  const recorded = new Map<TaskId, ActionImage | undefined>();
  for (const { task, override, startedAt, image } of run.actions.values()) {
    // What a call itself overrode is recorded with it, and the same again.
    if (override === undefined && startedAt !== undefined) recorded.set(task, image);
  }
  const said = new Set<string>();
  for (const { id, options } of rows) {
    const now = platformToday(options, today);
    if (!recorded.has(id) || now === undefined) continue;
    const before = platformWith(host, recorded.get(id));
    for (const change of platformChanges(before, now)) said.add(describeChange(change));
  }
  return [...said].map((text) => ['image', text.replace(/^image /, '')]);
}

/** `undefined`: nobody has asked yet what its image stands for. */
function platformToday(options: TaskOptions, { images, imageFor }: Images): Platform | undefined {
  const host = hostPlatform();
  const wanted = imageFor(options);
  const named = wanted ?? options.image;
  if (named === undefined) return host;
  const known = images.known(named);
  if (known === undefined) return undefined;
  return wanted === undefined ? platformBeside(known, host) : platformIn(known, options, host);
}

/** Packages, and the settings that count for every task. */
function manifestFacts({ code, manifests, membersOf }: RecordedCode): readonly Fact[] {
  const said = new Set<string>();
  for (const [task, { parts }] of manifests) {
    const now = code.manifests.get(task)?.parts ?? parts;
    if (now === parts) continue;
    for (const change of manifestChanges(parts, now, membersOf)) said.add(describeChange(change));
  }
  const facts = [...said].map((text): Fact => ['code', text]);
  if (facts.length <= LIST) return facts;
  return [...facts.slice(0, LIST), ['code', `and ${facts.length - LIST} more`]];
}

function skeinFacts({ version: now }: Opened, { version }: RunState): readonly Fact[] {
  if (version === undefined || version.skein === now) return [];
  return [['skein', `${version.skein} → ${now}`]];
}

async function lockFacts(opened: Opened, { version }: RunState): Promise<readonly Fact[]> {
  const before = version?.lockfile;
  const now = await lockFileOf(opened, worldOf(opened, { keeps: false }));
  if (version === undefined || before?.digest === now?.digest) return [];
  if (before === undefined) return [['lock file', `"${now?.path}" is new`]];
  if (now === undefined) return [['lock file', `"${before.path}" is gone`]];
  if (before.path !== now.path) return [['lock file', `"${before.path}" → "${now.path}"`]];
  return [['lock file', `"${now.path}" changed`]];
}

function commitFacts({ root }: Opened, { version }: RunState): readonly Fact[] {
  const before = version?.commit;
  const now = readGitHead(root)?.commit;
  if (before === undefined || now === undefined || before === now) return [];
  return [['commit', `${before.slice(0, SHORT_COMMIT)} → ${now.slice(0, SHORT_COMMIT)}`]];
}

/** Those that tasks take from the environment: what is set by the code, the code covers. */
function variableFacts(
  { environment }: Opened,
  { started }: RunState,
  rows: Iterable<TaskRow>,
): readonly Fact[] {
  const inherited = new Set<string>();
  for (const { options } of rows) {
    for (const [name, { kind }] of Object.entries(options.variables)) {
      if (kind === 'inherit') inherited.add(name);
    }
  }
  return Object.entries(started.variables ?? {}).flatMap(([name, before]): readonly Fact[] => {
    if (!inherited.has(name)) return [];
    const value = environment[name];
    const after = value === undefined ? null : inputDigest(encode(value));
    if (before === after) return [];
    const sides = {
      ...(before === null ? {} : { before }),
      ...(after === null ? {} : { after }),
    };
    const text = describeChange({ kind: 'variable', name, ...sides });
    return [['variable', text.replace(/^variable /, '')]];
  });
}
