import { posix } from 'node:path';
import type { Observation, Trace } from '@skein/model';

/** Why a trace stays on this machine. */
export type Unshared =
  /** It observed a path outside the workspace that is none of the system's (O2). */
  | { readonly kind: 'outside'; readonly path: string }
  /** Somebody else made it. */
  | { readonly kind: 'learned' }
  /** Its failure is not its author's, so that no trace should be there (T4). */
  | { readonly kind: 'not-the-authors' }
  /** Its process's log is gone (P4), or too long. */
  | { readonly kind: 'log-missing' }
  | { readonly kind: 'log-too-long' }
  /** Its artifact is gone. */
  | { readonly kind: 'bytes-missing' };

/** What the log of a trace says: its own observations, and whether it can be shared at all. */
export type LogJudgement = Unshared | undefined;

/** Whether what a trace tells is for others (O2, T4). `log`: what its log has against it. */
export function whyUnshared(trace: Trace, log: LogJudgement): Unshared | undefined {
  const { origin, outcome, waves } = trace;
  if (origin !== undefined) return { kind: 'learned' };
  if (outcome.kind === 'error' && outcome.fault !== 'author') return { kind: 'not-the-authors' };
  for (const wave of waves) {
    const path = outsideOf(wave);
    if (path !== undefined) return { kind: 'outside', path };
  }
  return log;
}

/** The first path among observations that means something else on another machine. */
export function outsideOf(observations: readonly Observation[]): string | undefined {
  for (const seen of observations) {
    const path = pathsOf(seen).find(isOutside);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** Before the name of a program in a look-up of one, whose `from` is a search path. */
const PROGRAM = 'program:';

function pathsOf(seen: Observation): readonly string[] {
  switch (seen.kind) {
    case 'file':
    case 'listing':
    case 'stat':
      return [seen.path];
    case 'module': {
      const { specifier, from } = seen;
      if (!specifier.startsWith(PROGRAM)) return isBare(specifier) ? [from] : [from, specifier];
      const program = specifier.slice(PROGRAM.length);
      return program.includes('/') ? [program] : from.split(':');
    }
    default:
      return [];
  }
}

/** A package's name, or what lies where it is asked from. */
function isBare(specifier: string): boolean {
  return !specifier.startsWith('/') && !specifier.startsWith('file:');
}

const SYSTEM = /^\/(?:usr|lib[^/]*|bin|sbin|etc)(?:\/|$)/;
const DRIVE = /^[a-z]:/i;

/** Paths inside the workspace are relative to its root, all others absolute. */
function isOutside(path: string): boolean {
  if (DRIVE.test(path) || path.startsWith('\\') || path.startsWith('file:')) return true;
  const plain = posix.normalize(path);
  if (plain.startsWith('/')) return !SYSTEM.test(plain);
  return plain === '..' || plain.startsWith('../');
}
