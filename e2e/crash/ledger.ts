import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * What was started: one command or, in the plural, two at once, which do not know of one another.
 * A `run` executes again what is never cached; a `resume` executes nothing again; `force` executes
 * everything, whatever is known, and `gc` nothing.
 */
export type EpochKind = 'run' | 'resume' | 'runs' | 'resumes' | 'force' | 'gc';

/**
 * What the tasks of a round wrote: `begin <call>` when one began, `got <call>` when its caller had
 * the result. A call is named `c:…` where it is cached and `u:…` where it never is; `…*3` stands
 * for three calls that are alike. The harness writes `epoch <kind>` before each command.
 */
export class Ledger {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** From here on another command writes. */
  beginEpoch(kind: EpochKind): void {
    appendFileSync(this.path, `epoch ${kind}\n`);
  }

  /** Calls of these names may begin again: what was known of them is damaged. */
  forget(names: string): void {
    appendFileSync(this.path, `forget ${names}\n`);
  }

  get lines(): readonly string[] {
    if (!existsSync(this.path)) return [];
    return readFileSync(this.path, 'utf8').split('\n').filter(Boolean);
  }

  /** Calls that began again although their caller had had the result (P3, R1). */
  violations(): readonly string[] {
    return violationsIn(this.lines);
  }
}

interface Call {
  /** The most results that callers had in one epoch whose results later ones must know. */
  got: number;
  gotNow: number;
  begunNow: number;
}

export function violationsIn(lines: readonly string[]): readonly string[] {
  const calls = new Map<string, Call>();
  const found: string[] = [];
  let kind: EpochKind = 'run';
  let epoch = 0;
  for (const line of lines) {
    const [what = '', name = ''] = line.split(' ');
    if (what === 'epoch') {
      for (const [call, counts] of calls) endEpoch(call, counts, kind);
      kind = name as EpochKind;
      epoch += 1;
      continue;
    }
    if (what === 'forget') {
      const forgotten = new RegExp(name);
      for (const [call, counts] of calls) if (forgotten.test(call)) forget(counts);
      continue;
    }
    const call = calls.get(name) ?? { got: 0, gotNow: 0, begunNow: 0 };
    calls.set(name, call);
    if (what === 'got') call.gotNow += 1;
    else if (!mayBegin(name, call, kind)) found.push(`${name} began again in epoch ${epoch}`);
  }
  return found;
}

function mayBegin(name: string, call: Call, kind: EpochKind): boolean {
  call.begunNow += 1;
  if (kind === 'force' || kind.endsWith('s') || (kind === 'run' && name.startsWith('u:')))
    return true;
  const width = Number(name.split('*')[1] ?? 1);
  if (width === 1) return Math.max(call.got, call.gotNow) === 0;
  // Calls that are alike cannot be told apart: only what earlier epochs got counts.
  return call.got === 0 || call.begunNow <= width - call.got;
}

function forget(call: Call): void {
  call.got = 0;
  call.gotNow = 0;
}

/** `resume` goes on from one run: what is never cached is known to those that follow it alone. */
function endEpoch(name: string, call: Call, kind: EpochKind): void {
  const isFollowed = name.startsWith('c:') || !kind.endsWith('s');
  const forgets = kind === 'force' || (name.startsWith('u:') && kind.startsWith('run'));
  const before = forgets ? 0 : call.got;
  call.got = isFollowed ? Math.max(before, call.gotNow) : before;
  call.gotNow = 0;
  call.begunNow = 0;
}
