import { delimiter, dirname, join } from 'node:path';
import { runProgram, type Program, type ProgramRun } from './run-program.ts';
import type { Peers } from './peer.ts';

/** Where everything is measured: one checkout, one Node, one environment. */
export interface Place {
  readonly root: string;
  /** The Node that runs the benchmarks runs all that is measured. */
  readonly node: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cores: number;
  readonly peers: Peers;
}

/**
 * The environment of everything that is measured: that of the shell, with this Node first in PATH,
 * without what npm, Nx and Skein would read from it.
 */
export function measuredEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  node: string,
): Place['environment'] {
  const kept = Object.entries(variables).filter(
    ([name]) => !/^(?:npm_|NX_|SKEIN_|TURBO_|NODE_|INIT_CWD$|FORCE_COLOR$)/i.test(name),
  );
  const path = [dirname(node), variables['PATH']].filter((part) => part).join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

/**
 * The environment of an installation of peers: npm's own settings count, but not that an outer
 * npm is at work on another package.
 */
export function installEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): Place['environment'] {
  const outer = /^npm_(?:package_|lifecycle_|config_(?:local_prefix|prefix)$)/i;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !outer.test(name)));
}

/** Runs a script by the Node of this place, from the root unless told otherwise. */
export function runNode(
  place: Place,
  args: readonly string[],
  program: Partial<Program> = {},
): Promise<ProgramRun> {
  const { node, root, environment } = place;
  return runProgram({ file: node, args, cwd: root, environment, ...program });
}

/** The program that npm links for a package, started by its own first line. */
export function binOf(folder: string, name: string): string {
  return join(folder, 'node_modules', '.bin', name);
}
