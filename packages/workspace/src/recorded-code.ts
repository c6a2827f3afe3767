import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBundle, installedNow, settingParts } from '@skein/analysis';
import type { PackageMember, UsedPackage } from '@skein/analysis';
import type { RunState } from '@skein/journal';
import type { CodeManifest, CodePart, Failure, Result, TaskId } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { analyseEntry } from './analyse-entry.ts';
import { type Definitions, readCode, readDefinitions, readPackage } from './code-record.ts';
import { loadConfig } from './config.ts';
import type { EntryCode } from './entry-code.ts';
import type { Opened } from './opened.ts';
import { rekey } from './rekey.ts';

/** The code of an earlier run, ready to run in this workspace. */
export interface RecordedCode {
  readonly code: EntryCode;
  /** As it was recorded. */
  readonly manifests: ReadonlyMap<TaskId, CodeManifest>;
  /** What a `package` part covers, of then and of now. */
  readonly membersOf: (part: CodePart) => readonly PackageMember[] | undefined;
}

/**
 * The code that a run recorded: bundle, manifests and what else a run needs to know of it. Today's
 * sources are not looked at, unless the bundle is gone and can be made of them again. Fails with
 * `record-missing`, `module-not-found` where a package is not installed, or `config-invalid`.
 */
export async function recordedCode(
  opened: Opened,
  { started, overview, version }: RunState,
): Promise<Result<RecordedCode>> {
  const { state, root, clock } = opened;
  const manifests = readCode(state.traces, started.code);
  const definitions = readDefinitions(state.traces, started);
  const bundle = await bundleFinder(opened, started, definitions);
  if (manifests === undefined || definitions === undefined || bundle === undefined) {
    const gone: Gone[] = [];
    if (manifests === undefined) gone.push(['manifests', started.code]);
    if (definitions === undefined) gone.push(['definitions', started.code]);
    if (bundle === undefined) gone.push(['bundle', started.bundle]);
    return fail(recordMissing(overview.run, gone, started.entry));
  }
  const config = await loadConfig(root);
  if (!config.ok) return config;
  const { tasks, behaviours, checkpoints, sourceDigest, packages } = definitions;
  const folders = packages.map(({ folder }) => folder);
  const installed = installedNow({ root, state: state.path, now: clock.now }, folders);
  const absent = packages.filter(({ folder }) => !installed.has(folder));
  if (absent.length > 0) return fail(notInstalled(overview.run, absent, manifests));
  const settings = settingParts(config.value.passThrough);
  const members = new Map([...installed.values()].map((one) => [one.digest, one.members]));
  const membersOf: RecordedCode['membersOf'] = (part) => {
    if (part.kind !== 'package') return undefined;
    return members.get(part.digest) ?? readPackage(state.traces, part.digest);
  };
  const today = rekey({ manifests, packages }, { installed, settings });
  const code: EntryCode = {
    entry: started.entry,
    tasks,
    behaviours,
    checkpoints,
    bundleDigest: started.bundle,
    sourceDigest,
    ...today,
    warnings: [],
    symbolSource: () => undefined,
    packageClosure: membersOf,
    ensureBundle: () => {
      const path = bundle();
      const gone = recordMissing(overview.run, [['bundle', started.bundle]], started.entry);
      return Promise.resolve(path === undefined ? fail(gone) : succeed({ path }));
    },
    ...(version === undefined ? {} : { version }),
  };
  return succeed({ code, manifests, membersOf });
}

/** Finds the bundle, whenever it is asked for; `undefined`: it is gone, and cannot be made. */
async function bundleFinder(
  opened: Opened,
  started: RunState['started'],
  definitions: Definitions | undefined,
): Promise<(() => string | undefined) | undefined> {
  if (definitions === undefined) return undefined;
  const { path } = opened.state;
  const of = { bundleDigest: started.bundle, sourceDigest: definitions.sourceDigest };
  const find = (): string | undefined => findBundle(path, of);
  if (find() !== undefined) return find;
  const entry = join(opened.root, started.entry);
  if (!existsSync(entry)) return undefined;
  const analysed = await analyseEntry(opened, entry);
  if (!analysed.ok || analysed.analysis.bundleDigest !== started.bundle) return undefined;
  await analysed.analysis.ensureBundle();
  return find() === undefined ? undefined : find;
}

/** Without them the bundle does not load. */
function notInstalled(
  run: string,
  absent: readonly UsedPackage[],
  manifests: RecordedCode['manifests'],
): Failure {
  const parts = [...manifests.values()].flatMap((manifest) => manifest.parts);
  const facts = absent.map(({ folder, digest }) => {
    const part = parts.find((one) => one.kind === 'package' && one.digest === digest);
    const name = part?.kind === 'package' ? `${part.name} ${part.version}` : 'one';
    return ['package', `${name}, in "${folder}"`] as const;
  });
  return {
    code: 'module-not-found',
    kind: 'environment',
    headline: 'packages that the recorded code uses are not installed',
    facts: [['run', run], ...facts],
    hint: 'install them at these places: the lock file of then puts them there',
  };
}

/** What is gone: what it is called, and which one. */
export type Gone = readonly [name: string, what: string];

export function recordMissing(run: string, gone: readonly Gone[], entry: string): Failure {
  return {
    code: 'record-missing',
    kind: 'usage',
    headline: 'what the run was made of is not on record any more',
    facts: [['run', run], ...gone.map(([name, what]) => [name, `"${what}" is gone`] as const)],
    hint: `start again with \`skein run ${entry}\`: what is cached is reused`,
  };
}
