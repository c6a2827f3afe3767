import { readdirSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { ResourceCapacity } from '@skein/model';
import type { Config } from './config.ts';

/** The machine as far as it can be given away. */
export interface Machine {
  /** Absolute state directory: scratch folders lie on its file system. */
  readonly state: string;
  /** The command's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What there is to give (X2): memory is that of the container, where there is one. */
export function hostCapacity(
  { tokens, gpus }: Pick<Config, 'tokens' | 'gpus'>,
  { state, environment }: Machine,
): ResourceCapacity {
  return {
    cpu: availableParallelism(),
    memoryBytes: memoryBytes(),
    gpus: gpusOf(gpus, visibleGpus(environment['CUDA_VISIBLE_DEVICES']) ?? presentGpus()),
    diskBytes: freeBytes(state),
    tokens,
  };
}

function memoryBytes(): number {
  const whole = totalmem();
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < whole ? constrained : whole;
}

/** A count stands for the first that are known, and for plain numbers where too few are. */
function gpusOf(wanted: Config['gpus'], known: readonly string[]): readonly string[] {
  if (wanted === undefined) return known;
  if (typeof wanted !== 'number') return wanted;
  if (wanted <= known.length) return known.slice(0, wanted);
  return Array.from({ length: wanted }, (_, index) => String(index));
}

/**
 * The devices of a `CUDA_VISIBLE_DEVICES`, as CUDA reads it: the first that is no device ends the
 * list. `undefined` where it is not set.
 */
export function visibleGpus(variable: string | undefined): readonly string[] | undefined {
  if (variable === undefined) return undefined;
  const names = variable.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(?:\d+|GPU-.+|MIG-.+)$/i.test(name));
  return [...new Set(end < 0 ? names : names.slice(0, end))];
}

function presentGpus(): readonly string[] {
  try {
    const found = readdirSync('/dev').flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? []);
    return found.sort((a, b) => Number(a) - Number(b));
  } catch {
    return [];
  }
}

/** Where nobody can say, there is no limit but the disk itself. */
function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}
