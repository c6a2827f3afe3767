import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ActionNumber, Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { partDigest, partsIn } from '@skein/values';
import type { Digest } from '@skein/values';
import { contentSubject, digestSubject } from './lineage-content.ts';
import { follow, stepsOf } from './lineage-path.ts';
import type { FoundPlace, Subject } from './lineage-place.ts';
import { LineageRun } from './lineage-run.ts';
import type { LineageRuns } from './lineage-runs.ts';

const IN_RUN = /^([^/]+)\/(\d+)(?:\/(.*))?$/;
const HEX = /^[0-9a-f]{8,64}(?:-\d+)?$/i;

/**
 * Finds what is meant: `run/action` with a path, a file or folder, or a digest or its beginning.
 * Fails with `run-not-found`, `action-not-found` or `lineage-not-found`.
 */
export async function findSubject(
  runs: LineageRuns,
  { asked, cwd }: { readonly asked: string; readonly cwd: string },
): Promise<Result<Subject>> {
  const path = resolve(cwd, asked);
  const [, selector, number, rest = ''] = IN_RUN.exec(asked) ?? [];
  if (selector !== undefined) {
    const run = runs.open(selector);
    if (run instanceof LineageRun) {
      return await valueSubject(run, Number(number), { asked, path: rest });
    }
    if (!existsSync(path)) return fail(run);
  }
  if (existsSync(path)) return await contentSubject(runs, { asked, path });
  if (HEX.test(asked)) return await digestSubject(runs, asked.toLowerCase());
  return fail(notUnderstood(asked, cwd));
}

async function valueSubject(
  run: LineageRun,
  action: ActionNumber,
  { asked, path }: { asked: string; path: string },
): Promise<Result<Subject>> {
  const found = run.index.at(action);
  if (found === undefined) return fail(noAction(run, action, asked));
  const names = run.parametersOf(found.task);
  const root = rootOf(path === '' ? 'result' : path, names);
  if (root === undefined) return fail(noRoot(asked, path, names));
  const digests = run.index.digestsOf(action);
  const { role, place } = root;
  const whole = role === 'result' ? await run.result(action) : await run.input(action, place);
  const digest = role === 'result' ? digests?.outcome : digests?.inputs[place];
  if (digest === undefined) return fail(nothingThere(run, { action, asked, role }));
  const basis = { run, action, role, place } as const;
  if (root.steps.length === 0) {
    return succeed(subjectAt({ ...basis, path: '', bytes: whole }, digest));
  }
  if (whole === undefined) return fail(nothingThere(run, { action, asked, role }));
  const followed = follow(whole, root.steps);
  if (!followed.ok) return fail(noPart(asked, `${root.name}${followed.reached}`, followed));
  const { bytes } = followed;
  const [part] = partsIn(bytes);
  const own = part === undefined ? digest : partDigest(bytes, part);
  return succeed(subjectAt({ ...basis, path: followed.path, bytes }, own));
}

function subjectAt(place: FoundPlace, digest: Digest): Subject {
  const { bytes } = place;
  const held = bytes === undefined ? {} : { bytes };
  return { kind: 'value', digest, ...held, places: [place], more: 0 };
}

interface Root {
  readonly name: string;
  readonly role: 'input' | 'result';
  readonly place: number;
  readonly steps: readonly string[];
}

/** `result.x`, `input.file.x`, `input[0].x`, or `file.x` by the name of a parameter. */
function rootOf(path: string, names: readonly string[]): Root | undefined {
  const steps = stepsOf(path.startsWith('[') ? path : `.${path}`);
  const [first, second, ...rest] = steps ?? [];
  if (first === undefined) return undefined;
  const inner = second === undefined ? [] : [second, ...rest];
  if (first === 'result') return { name: 'result', role: 'result', place: 0, steps: inner };
  const isInput = first === 'input' && second !== undefined;
  const name = isInput ? second : first;
  const place = names.includes(name) ? names.indexOf(name) : isInput ? Number(name) : -1;
  if (!Number.isInteger(place) || place < 0) return undefined;
  return { name: names[place] ?? name, role: 'input', place, steps: isInput ? rest : inner };
}

const SHOWN = 12;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const more = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}

function noPart(
  asked: string,
  reached: string,
  { missing, there }: { readonly missing: string; readonly there: readonly string[] },
): Failure {
  return {
    code: 'lineage-not-found',
    kind: 'usage',
    headline: `there is no "${missing}" in ${reached}`,
    facts: [
      ['given', `"${asked}"`],
      ['there is', listed(there)],
    ],
  };
}

function noRoot(asked: string, path: string, names: readonly string[]): Failure {
  return {
    code: 'lineage-not-found',
    kind: 'usage',
    headline: `the action has no "${path}"`,
    facts: [
      ['given', `"${asked}"`],
      ['there is', listed(['result', ...names.map((name) => `input.${name}`)])],
    ],
  };
}

function noAction(run: LineageRun, action: ActionNumber, asked: string): Failure {
  const { highest, overview } = run.index;
  return {
    code: 'action-not-found',
    kind: 'usage',
    headline: `the run has no action ${action}`,
    facts: [
      ['given', `"${asked}"`],
      ['run', overview.run],
      ['actions', highest === 0 ? 'none' : `1 to ${highest}`],
    ],
  };
}

function nothingThere(
  run: LineageRun,
  { action, asked, role }: { action: ActionNumber; asked: string; role: 'input' | 'result' },
): Failure {
  const ended = run.index.at(action)?.ended;
  const what = ended === 'error' ? 'it failed' : 'it has not ended, or its bytes are gone';
  return {
    code: 'lineage-not-found',
    kind: 'usage',
    headline: `the ${role} of action ${action} is not on record`,
    facts: [
      ['given', `"${asked}"`],
      ['run', run.index.overview.run],
      ['why', role === 'result' ? what : 'it was omitted, or its bytes are gone'],
    ],
  };
}

function notUnderstood(asked: string, cwd: string): Failure {
  return {
    code: 'lineage-not-found',
    kind: 'usage',
    headline: 'there is no such file, and it is no digest and no action of a run',
    facts: [
      ['given', `"${asked}"`],
      ['from', cwd],
    ],
    hint: 'name a file, a digest of at least 8 digits, or an action: "last/3/result"',
  };
}
