import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Analysis } from '@skein/analysis';
import type { CodeVersion } from '@skein/model';
import type { World } from '@skein/tracking';
import { decode, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import { type CodeFile, dirtyFiles } from './dirty-files.ts';
import type { EntryCode } from './entry-code.ts';
import { type GitHead, readGitHead } from './git-head.ts';
import type { Opened } from './opened.ts';

const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
];
const DIRTY = 'dirty-files';
/** How long the end of a run waits for git: what it says is worth no more. */
const PATIENCE_MS = 2000;

/** The sources of a run's code, all of them covered by one digest. */
type CodeSources = Pick<Analysis, 'modules' | 'data' | 'sourceDigest'>;

export interface VersionRequest {
  readonly world: Pick<World, 'digestOf'>;
  readonly code: Pick<EntryCode, 'modules' | 'data' | 'sourceDigest' | 'version'>;
  /** False: what git says is not kept for later runs. */
  readonly keeps: boolean;
}

/** The version of a run's code: what is known at once, and what git is asked meanwhile. */
export interface Inquiry {
  readonly known: CodeVersion;
  /** Asks git, once, for what is not known; `tell` gets the whole version when it is. */
  ask(tell: (version: CodeVersion) => void): void;
  /** The answer was told, or it takes too long. At once where nothing was asked. */
  settled(): Promise<void>;
  /** Nobody waits any more. */
  close(): void;
}

/**
 * Which state of the sources a run's code is. No program is started to say it, but for the files
 * that differ from the commit: that is a function of commit and sources, so it is kept, and git is
 * asked only by a run that executes something.
 */
export async function inquire(opened: Opened, request: VersionRequest): Promise<Inquiry> {
  const { modules, data, sourceDigest, version } = request.code;
  const lockfile = await lockFileOf(opened, request.world);
  const own = { skein: opened.version, ...(lockfile === undefined ? {} : { lockfile }) };
  if (modules === undefined || data === undefined) {
    const { commit, branch, dirty } = version ?? {};
    return answered({
      ...own,
      ...(commit === undefined ? {} : { commit }),
      ...(branch === undefined ? {} : { branch }),
      ...(dirty === undefined ? {} : { dirty }),
    });
  }
  const head = readGitHead(opened.root);
  if (head === undefined) return answered(own);
  const { commit, branch, top } = head;
  const known: CodeVersion = {
    ...own,
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined ? {} : { branch }),
  };
  if (commit === undefined) return answered(known);
  const sources = { modules, data, sourceDigest };
  const key = dirtyKey(opened, { commit, top, sources });
  const dirty = readDirty(opened, key);
  if (dirty !== undefined) return answered({ ...known, dirty });
  return new GitInquiry(opened, { known, commit, key, sources, keeps: request.keeps });
}

/** The lock file of the workspace as it is now. */
export async function lockFileOf(
  { root }: Pick<Opened, 'root'>,
  world: Pick<World, 'digestOf'>,
): Promise<CodeVersion['lockfile']> {
  const path = LOCK_FILES.find((name) => existsSync(join(root, name)));
  if (path === undefined) return undefined;
  const digest = await world.digestOf({ kind: 'file', path, digest: null });
  return digest === null ? undefined : { path, digest };
}

function answered(known: CodeVersion): Inquiry {
  return {
    known,
    ask: () => undefined,
    settled: () => Promise.resolve(),
    close: () => undefined,
  };
}

class GitInquiry implements Inquiry {
  readonly known: CodeVersion;
  readonly #ask: (signal: AbortSignal) => Promise<readonly string[] | undefined>;
  readonly #stop = new AbortController();
  #asked: Promise<void> | undefined;

  constructor(
    opened: Opened,
    of: {
      readonly known: CodeVersion;
      readonly commit: string;
      readonly key: Digest;
      readonly sources: CodeSources;
      readonly keeps: boolean;
    },
  ) {
    const { root: folder, environment, state } = opened;
    const { known, commit, key, sources, keeps } = of;
    this.known = known;
    this.#ask = async (signal) => {
      const place = { folder, environment, signal };
      const dirty = await dirtyFiles({ place, commit, files: filesOf(sources) });
      if (dirty !== undefined && keeps && !signal.aborted) {
        state.traces.keep(DIRTY, key, encode(dirty));
      }
      return dirty;
    };
  }

  ask(tell: (version: CodeVersion) => void): void {
    const { signal } = this.#stop;
    this.#asked ??= this.#ask(signal).then((dirty) => {
      if (dirty !== undefined && !signal.aborted) tell({ ...this.known, dirty });
    });
  }

  async settled(): Promise<void> {
    if (this.#asked === undefined) return;
    const patience = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => patience.resolve(undefined), PATIENCE_MS);
    await Promise.race([this.#asked, patience.promise]);
    clearTimeout(timer);
  }

  close(): void {
    this.#stop.abort();
  }
}

function filesOf({ modules, data }: CodeSources): readonly CodeFile[] {
  return [...modules, ...data].map(({ path, source }) => ({ path, source }));
}

function dirtyKey(
  { root }: Pick<Opened, 'root'>,
  of: { readonly commit: string; readonly sources: CodeSources } & Pick<GitHead, 'top'>,
): Digest {
  const place = relative(of.top, root).replaceAll('\\', '/');
  const name = [DIRTY, of.commit, place, of.sources.sourceDigest];
  return digestOf('manifest', name.join('\n'));
}

function readDirty({ state }: Pick<Opened, 'state'>, key: Digest): readonly string[] | undefined {
  const kept = state.traces.kept(DIRTY, key);
  if (kept === undefined) return undefined;
  try {
    const list = decode(kept);
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}
