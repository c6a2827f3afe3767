import type { IndexedAction, RunIndex } from '@skein/journal';
import { describePlatform, type ActionNumber, type CodeVersion } from '@skein/model';
import { actionJson, overviewJson, timeJson, type JsonObject } from './json.ts';
import type { Reader } from './recorded.ts';
import { nameVerdict } from './reason.ts';

/** Encoded values up to this size are written out among thousands of actions. */
const SMALL_BYTES = 1_024;
/** Of more actions than this only the short facts are told, unless all is wanted. */
const DETAILED = 5_000;

/**
 * The object of `skein show --json` as text: the run, and every action in the order of the numbers.
 * Large values are named by their digests, unless `all` are wanted. `detail` says whether actions
 * are whole, or have the short facts only: `action`, `parent`, `task`, `verdict`, `outcome.kind`,
 * `attempts`, `durationMs`.
 */
export function runJson(index: RunIndex, read: Reader, all = false): string {
  const whole = all || index.size <= DETAILED;
  const head = JSON.stringify({ ...headJson(index), detail: whole ? 'whole' : 'short' });
  const calls = whole ? wholeCalls(index, read, all) : shortCalls(index);
  return `${head.slice(0, -1)},"calls":[${calls.join(',')}]}`;
}

function headJson(index: RunIndex): JsonObject {
  const { overview, started, version, warnings, roots } = index;
  return {
    ...overviewJson(overview),
    lastAt: timeJson(index.lastAt),
    thrower: index.thrower ?? null,
    bundle: started.bundle,
    platform: describePlatform(started.platform),
    version: version === undefined ? null : versionJson(version),
    variables: { ...started.variables },
    warnings: warnings.map(({ at, warning, action }) => ({
      at: timeJson(at),
      action: action ?? null,
      code: warning.code,
      message: warning.headline,
      facts: Object.fromEntries(warning.facts),
    })),
    roots: [...roots],
  };
}

function versionJson({ skein, commit, branch, dirty, lockfile }: CodeVersion): JsonObject {
  return {
    skein,
    commit: commit ?? null,
    branch: branch ?? null,
    dirty: dirty === undefined ? null : [...dirty],
    lockfile: lockfile === undefined ? null : { ...lockfile },
  };
}

/** So many actions are objects, or texts of their own, at the same time. */
const PAGE = 500;

function wholeCalls(index: RunIndex, read: Reader, all: boolean): readonly string[] {
  const limit = all ? Infinity : SMALL_BYTES;
  return pages([...index.actions()]).map((page) =>
    Array.from(index.details(page).values(), (action) =>
      JSON.stringify(actionJson(action, read, limit)),
    ).join(','),
  );
}

function pages(numbers: readonly ActionNumber[]): readonly (readonly ActionNumber[])[] {
  const count = Math.ceil(numbers.length / PAGE);
  return Array.from({ length: count }, (_, at) => numbers.slice(at * PAGE, (at + 1) * PAGE));
}

/** Written by hand: a hundred thousand objects would take longer than all else. */
function shortCalls(index: RunIndex): readonly string[] {
  const texts = new Map<string, string>();
  const textOf = (task: string): string => {
    const known = texts.get(task) ?? JSON.stringify(task);
    texts.set(task, known);
    return known;
  };
  return pages([...index.actions()]).map((page) => {
    const calls: string[] = [];
    for (const number of page) {
      const call = index.at(number);
      if (call !== undefined) calls.push(shortCall(call, textOf(call.task)));
    }
    return calls.join(',');
  });
}

function shortCall(call: IndexedAction, task: string): string {
  const { action, parent, verdict, ended, attempts, durationMs } = call;
  const name = nameVerdict({ kind: verdict });
  const outcome = ended === undefined ? 'null' : `{"kind":"${ended}"}`;
  return (
    `{"action":${action},"parent":${parent},"task":${task},"verdict":"${name}",` +
    `"outcome":${outcome},"attempts":${attempts},"durationMs":${durationMs}}`
  );
}
