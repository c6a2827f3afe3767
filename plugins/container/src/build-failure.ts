import type { Failure, ImageRecipe } from '@skein/model';
import { imageTitle } from '@skein/model';
import type { BuildStep } from './build-steps.ts';

/** How a build ended that failed. */
export interface FailedBuild {
  readonly image: string;
  /** The step that it was at; absent: it got to none. */
  readonly step: BuildStep | undefined;
  /** What the step, and then the builder, said. */
  readonly output: readonly string[];
}

const TAIL_LINES = 20;
/** What apt-get, npm and pip say where they get no answer, or none to be trusted. */
const UNREACHED = new RegExp(
  'certificate|could not resolve|temporary failure|connection refused|timed? ?out' +
    '|EAI_AGAIN|ENOTFOUND',
  'i',
);

/** Names the step, and of several packages the one that its output blames. */
export function failedBuild({ image, step, output }: FailedBuild): Failure {
  const said = output.slice(-TAIL_LINES).join('\n');
  return {
    code: 'image-build',
    kind: 'usage',
    headline: `the image "${image}" cannot be built`,
    facts: [
      ['step', step === undefined ? 'none was reached' : titleOf(step, said)],
      ['its output', said === '' ? 'none' : said],
    ],
    hint: hintOf(step, said),
  };
}

/** It was built, but nobody can be given it. */
export function failedPush(image: string, target: string, said: string): Failure {
  return {
    code: 'image-build',
    kind: 'environment',
    headline: `the image "${image}" was built and cannot be pushed`,
    facts: [
      ['to', target],
      ['the builder says', said],
    ],
    hint: 'see that the registry can be reached, and that you are logged in and may push there',
  };
}

/** The image would not be what its name says. */
export function changedCopy(recipe: ImageRecipe, path: string): Failure {
  return {
    code: 'image-build',
    kind: 'usage',
    headline: `the image "${imageTitle(recipe)}" cannot be built`,
    facts: [
      ['path', path],
      ['problem', 'it changed while the image was being built'],
    ],
    hint: 'run it again',
  };
}

/** Nobody waits for it any more. */
export function endedBuild(image: string): Failure {
  return {
    code: 'image-build',
    kind: 'environment',
    headline: `the image "${image}" was not built: it was interrupted`,
    facts: [],
    hint: 'run it again; steps that were done are not done twice',
  };
}

/** Without a registry there is no digest that anyone could pin. */
export function noDigest(image: string, program: string): Failure {
  return {
    code: 'image-build',
    kind: 'usage',
    headline: `the image "${image}" was built, and there is nothing to pin it by`,
    facts: [['built by', `${program}, which gives no digest to an image that was not pushed`]],
    hint: 'name a registry that built images are pushed to, in the configuration',
  };
}

/** Said with every build that no registry gets. */
export function localOnly(image: string, reference: string): Failure {
  return {
    code: 'image-build',
    kind: 'warning',
    headline: `the image "${image}" is on this machine alone: nobody else can pull what is locked`,
    facts: [['locked as', reference]],
    hint: 'name a registry that built images are pushed to, in the configuration',
  };
}

function titleOf({ title, parts }: BuildStep, said: string): string {
  const nameOf = (part: string): string => /^@?[^@=<>~! ]+/.exec(part)?.[0] ?? part;
  const errors = said.split('\n').filter((line) => /error|unable|not found|404/i.test(line));
  const blamed = parts.filter((part) => errors.some((line) => line.includes(nameOf(part))));
  const [only] = blamed;
  if (only === undefined || blamed.length > 1) return title;
  return `${title.slice(0, title.indexOf(':'))}: ${only}`;
}

function hintOf(step: BuildStep | undefined, said: string): string {
  const kind = step?.title.slice(0, step.title.indexOf(':'));
  const tool = { apt: 'apt-get', npm: 'npm', pip: 'python3 -m pip' }[kind ?? ''];
  if (tool !== undefined) {
    const name = tool.split(' ')[0] ?? tool;
    const isMissing =
      new RegExp(`${name}[^\n]*not found`).test(said) || said.includes('No module named pip');
    if (isMissing) return `start from an image that has "${tool}", or install it in a step before`;
    if (UNREACHED.test(said))
      return 'see that a build on this machine reaches the package registry';
    return 'see that the package exists in this version for the base image, and try it there';
  }
  if (kind === 'from' || step === undefined) {
    return 'see that the base image can be pulled and that the engine can run containers';
  }
  return 'the line was run by "/bin/sh -e" as root; run it in the base image to see more';
}
