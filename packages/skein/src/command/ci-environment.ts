import { resolve } from 'node:path';

/** What a CI system that the command runs in takes besides what is printed. */
export interface CiEnvironment {
  /** Files that the Markdown summary is appended to. */
  readonly summaries: readonly SummaryFile[];
  /** Absent where annotations mean nothing. */
  readonly annotations?: Annotations;
}

export interface SummaryFile {
  /** Absolute. */
  readonly path: string;
  /** Beyond this nothing of the file is taken. */
  readonly maxBytes: number;
  /** The variable that names it. */
  readonly variable: string;
}

export interface Annotations {
  /** Root of the repository, which annotated paths are relative to. */
  readonly repository?: string;
}

/** GitHub takes 1024 KiB of a step's summary, and nothing where there is more. */
const GITHUB_BYTES = 1_024 * 1_024;
const OWN_BYTES = 16 * 1_024 * 1_024;

/**
 * `SKEIN_SUMMARY` names a file anywhere; what GitHub Actions sets counts where `CI` is set too.
 * A path is relative to `cwd`.
 */
export function ciEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): CiEnvironment {
  const isCi = isTruthy(environment['CI']);
  const file = (variable: string, maxBytes: number): readonly SummaryFile[] => {
    const path = environment[variable];
    if (path === undefined || path === '') return [];
    return [{ path: resolve(cwd, path), maxBytes, variable }];
  };
  const own = file('SKEIN_SUMMARY', OWN_BYTES);
  const github = isCi ? file('GITHUB_STEP_SUMMARY', GITHUB_BYTES) : [];
  const repository = environment['GITHUB_WORKSPACE'];
  const annotates = isCi && isTruthy(environment['GITHUB_ACTIONS']);
  return {
    summaries: [...own, ...github.filter(({ path }) => path !== own[0]?.path)],
    ...(annotates
      ? {
          annotations:
            repository === undefined || repository === ''
              ? {}
              : { repository: resolve(cwd, repository) },
        }
      : {}),
  };
}

function isTruthy(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
}
