import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { type Analysis, type AnalysisResult, analyse } from '@skein/analysis';
import type { Failure, Result } from '@skein/model';
import { fail, storageFailure, succeed } from '@skein/model';
import { AffectedTasks } from './affected-tasks.ts';
import type { AffectedRequest, AffectedResult } from './contract.ts';
import { findEntries } from './find-entries.ts';
import { Git } from './git.ts';
import type { Opened } from './opened.ts';
import { type TreeState, commitTree, workingTree } from './tree-state.ts';

/**
 * Tells which tasks' code differs between two states of the tree, and in what. Neither the working
 * tree nor git's index is touched: other states are written below the state directory, and
 * removed. Fails with `git-failed`, `entry-not-found`, `config-invalid`, with diagnostics of the
 * code that is compared, or with a failure of storage.
 */
export async function affected(opened: Opened, request: AffectedRequest): Promise<AffectedResult> {
  const { root, state, environment } = opened;
  const git = await Git.open({ folder: root, environment });
  if (!git.ok) return { ok: false, failures: [git.failure] };
  let folder: string | undefined;
  try {
    mkdirSync(join(state.path, 'tmp'), { recursive: true });
    folder = mkdtempSync(join(state.path, 'tmp', 'affected-'));
    return await compare({ opened, git: git.value, folder }, request);
  } catch (error) {
    const failure = storageFailure(error, state.path);
    if (failure === undefined) throw error;
    return { ok: false, failures: [failure] };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

type Place = Parameters<typeof commitTree>[1];

async function compare(place: Place, request: AffectedRequest): Promise<AffectedResult> {
  const { opened, git } = place;
  const { base, head } = request;
  const before = await commitTree(base, place);
  if (!before.ok) return { ok: false, failures: [before.failure] };
  const now = await (head === undefined ? workingTree(opened, git) : commitTree(head, place));
  if (!now.ok) return { ok: false, failures: [now.failure] };
  const entries = await entriesOf(opened, now.value, request.files);
  if (!entries.ok) return { ok: false, failures: [entries.failure] };
  const analysed = await analyseAll(opened, now.value, entries.value);
  if (!analysed.ok) return analysed;
  const tasks = new AffectedTasks({ home: opened.root, before: before.value, now: now.value });
  for (const analysis of analysed.analyses) {
    const old = await analyseAt(opened, before.value, analysis.entry);
    if (old === undefined) tasks.addNew(analysis);
    else if (old.ok) tasks.add(analysis, old.analysis);
    else {
      opened.warn(notAnalysed(analysis.entry, base, old.failures));
      tasks.addUnknown(analysis);
    }
  }
  if (request.files.length === 0) {
    for (const it of await entriesGone(opened, before.value, now.value)) tasks.addGone(it);
  }
  for (const it of tasks.warnings(base)) opened.warn(it);
  return { ok: true, report: { base, head: head ?? null, ...tasks.report() } };
}

/** Entries relative to the root, in order of path. */
async function entriesOf(
  opened: Opened,
  now: TreeState,
  files: readonly string[],
): Promise<Result<readonly string[]>> {
  if (files.length > 0) {
    const paths = files.map((it) => pathBelow(opened.root, it));
    const missing = paths.find((it) => it === undefined || !isModule(resolve(now.root, it)));
    const at = paths.indexOf(missing);
    if (at >= 0) return fail(noEntry(files[at] ?? ''));
    return succeed([...new Set(paths.flatMap((it) => it ?? []))].sort());
  }
  const listed = await now.files();
  if (!listed.ok) return listed;
  const found = findEntries(now.root, listed.value);
  return found.length > 0 ? succeed(found) : fail(nothingFound(now.root));
}

/** Entries of the base that are not there any more; where they had tasks is all that counts. */
async function entriesGone(
  opened: Opened,
  before: TreeState,
  now: TreeState,
): Promise<readonly Analysis[]> {
  const listed = await before.files();
  if (!listed.ok) return [];
  const gone = findEntries(before.root, listed.value).filter(
    (it) => !existsSync(join(now.root, it)),
  );
  const analyses: Analysis[] = [];
  for (const entry of gone) {
    const result = await analyseAt(opened, before, entry);
    if (result?.ok === true) analyses.push(result.analysis);
  }
  return analyses;
}

type Analysed =
  | { readonly ok: true; readonly analyses: readonly Analysis[] }
  | Extract<AffectedResult, { readonly ok: false }>;

/** Without entries that another one imports: their tasks are told with that. */
async function analyseAll(
  opened: Opened,
  tree: TreeState,
  entries: readonly string[],
): Promise<Analysed> {
  const analyses: Analysis[] = [];
  for (const entry of entries) {
    if (analyses.some((it) => it.modules.some(({ path }) => path === entry))) continue;
    const result = await analyseAt(opened, tree, entry);
    if (result === undefined) return { ok: false, failures: [noEntry(entry)] };
    if (!result.ok) return result;
    analyses.push(result.analysis);
  }
  const isOwn = (analysis: Analysis): boolean =>
    !analyses.some(
      (it) => it !== analysis && it.modules.some(({ path }) => path === analysis.entry),
    );
  const own = analyses.filter(isOwn);
  return { ok: true, analyses: own.length > 0 ? own : analyses };
}

/** `undefined`: there is no such entry in that state of the tree. */
async function analyseAt(
  opened: Opened,
  tree: TreeState,
  entry: string,
): Promise<AnalysisResult | undefined> {
  const { root, state, passThrough } = tree;
  const path = join(root, entry);
  if (!existsSync(path)) return undefined;
  return await analyse({ root, entry: path, state, passThrough, now: opened.clock.now });
}

function pathBelow(root: string, file: string): string | undefined {
  if (!existsSync(file)) return relative(root, file).replaceAll('\\', '/');
  const path = relative(realpathSync(root), realpathSync(file)).replaceAll('\\', '/');
  return path.startsWith('../') || isAbsolute(path) ? undefined : path;
}

function isModule(path: string): boolean {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return isFile && /\.[cm]?[jt]sx?$/.test(path);
}

function noEntry(file: string): Failure {
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: 'there is no such module in the workspace',
    facts: [['file', `"${file}"`]],
    hint: 'name the files that declare the tasks, such as src/main.ts',
  };
}

function nothingFound(root: string): Failure {
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: 'no module was found that declares tasks',
    facts: [['workspace', `"${root}"`]],
    hint: 'name the files that declare them: skein affected --base main src/main.ts',
  };
}

function notAnalysed(entry: string, base: string, failures: readonly Failure[]): Failure {
  const [first] = failures;
  const place = first?.place;
  const at = place === undefined ? '' : ` (${place.path}:${place.line}:${place.column})`;
  return {
    code: first?.code ?? 'syntax-error',
    kind: 'warning',
    headline: `"${entry}" cannot be analysed as it is in "${base}"`,
    facts: [['there', `${first?.headline ?? ''}${at}`]],
    hint: 'its tasks count as changed',
  };
}
