import type { Maker } from './remote.ts';

/** What is known of whoever shares results; nothing is looked up here. */
export interface MakerFacts {
  /** The version of Skein. */
  readonly skein: string;
  readonly user?: string | undefined;
  readonly host?: string | undefined;
  /** What git says of the sources. */
  readonly commit?: string | undefined;
  readonly ref?: string | undefined;
  readonly environment: Environment;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Ci = Pick<MakerFacts, 'user' | 'commit' | 'ref'> & { readonly ci: string };

const TEXT_MAX = 1_024;

/**
 * Who makes what is shared. In a CI its variables say what git does not: the branch of a detached
 * checkout, and the address of the job.
 */
export function provenanceOf(facts: MakerFacts): Maker {
  const ci = ciOf(facts.environment);
  const told = {
    user: ci?.user ?? facts.user,
    host: facts.host,
    commit: facts.commit ?? ci?.commit,
    ref: ci?.ref ?? facts.ref,
    ci: ci?.ci,
  };
  const known = Object.entries(told).flatMap(([name, text]) => {
    const short = text === undefined ? '' : shortText(text);
    return short === '' ? [] : [[name, short] as const];
  });
  return { skein: shortText(facts.skein), ...Object.fromEntries(known) };
}

function ciOf(environment: Environment): Ci | undefined {
  const named = (name: string): string | undefined => environment[name] || undefined;
  if (named('GITHUB_ACTIONS') !== undefined) return github(named);
  if (named('GITLAB_CI') !== undefined) return gitlab(named);
  const ci = named('CI');
  if (ci === undefined || ci === 'false' || ci === '0') return undefined;
  const address = ['BUILD_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL'].map(named);
  return {
    user: undefined,
    commit: undefined,
    ref: named('BRANCH_NAME'),
    ci: withoutPassword(address.find((one) => one !== undefined)) ?? 'ci',
  };
}

/** https://docs.github.com/en/actions/reference/variables-reference */
function github(named: (name: string) => string | undefined): Ci {
  const server = named('GITHUB_SERVER_URL');
  const repository = named('GITHUB_REPOSITORY');
  const run = named('GITHUB_RUN_ID');
  const attempt = named('GITHUB_RUN_ATTEMPT');
  const known = server !== undefined && repository !== undefined && run !== undefined;
  const address = known ? `${server}/${repository}/actions/runs/${run}` : 'github actions';
  const isRepeated = known && attempt !== undefined && attempt !== '1';
  return {
    user: named('GITHUB_ACTOR'),
    commit: named('GITHUB_SHA'),
    ref: named('GITHUB_HEAD_REF') ?? named('GITHUB_REF_NAME') ?? named('GITHUB_REF'),
    ci: isRepeated ? `${address}/attempts/${attempt}` : address,
  };
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
function gitlab(named: (name: string) => string | undefined): Ci {
  return {
    user: named('GITLAB_USER_LOGIN'),
    commit: named('CI_COMMIT_SHA'),
    ref: named('CI_MERGE_REQUEST_SOURCE_BRANCH_NAME') ?? named('CI_COMMIT_REF_NAME'),
    ci: named('CI_JOB_URL') ?? named('CI_PIPELINE_URL') ?? 'gitlab ci',
  };
}

function withoutPassword(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}

function shortText(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, TEXT_MAX);
}
