import type { TaskId } from '@skein/model';
import type { Digest } from '@skein/values';

/**
 * What some code leads to directly. It says names only: what they are made of is looked up when
 * they are followed, so that it may change without this.
 */
export interface Leads {
  /** Written by `writeNames`: as one string they cost nothing until they are followed. */
  readonly names: string;
  /** Seldom there. */
  readonly more?: MoreLeads;
}

export interface MoreLeads {
  /** Modules of which every piece counts. */
  readonly modules: readonly string[];
  readonly tasks: readonly (readonly [id: TaskId, uses: number])[];
  /** Files of packages, relative to the root. */
  readonly packages: readonly string[];
  readonly data: readonly string[];
  readonly wholes: readonly Whole[];
  readonly forwards: boolean;
}

/** A name declared at a module's top level. */
export interface NameAt {
  readonly module: string;
  readonly name: string;
}

/** Why more than symbols counts (C1). */
export interface Whole {
  readonly module: string;
  readonly reason: string;
  /** Of what counts; `null`: of the module's whole emitted code. */
  readonly digest: Digest | null;
}

/** One name a line, with `@` and its module where that is another one. */
export function writeNames(own: string, names: Iterable<NameAt>): string {
  return [...names]
    .map(({ module, name }) => (module === own ? name : `${name}@${module}`))
    .join('\n');
}

/** Visits what `writeNames` wrote; `null`: of the own module. */
export function eachName(
  names: string,
  visit: (name: string, module: string | null) => void,
): void {
  if (names === '') return;
  for (const line of names.split('\n')) {
    const at = line.indexOf('@');
    if (at < 0) visit(line, null);
    else visit(line.slice(0, at), line.slice(at + 1));
  }
}

export function taskId(module: string, name: string): TaskId {
  return `${module}#${name}` as TaskId;
}
