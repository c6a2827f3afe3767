import type { BuildRequest } from '@skein/images';
import type { ImageRecipe } from '@skein/model';

/** One instruction of a Containerfile. */
export interface BuildStep {
  /** As the author wrote it: `apt: git curl`, `run: make install`. */
  readonly title: string;
  /** Packages of a step that installs some: one of them may be at fault. */
  readonly parts: readonly string[];
  readonly instruction: string;
  /** It makes a layer; BuildKit counts only these. */
  readonly isLayer: boolean;
}

/** The label by which people find out what an image was built of. */
export const RECIPE_LABEL = 'dev.skein.recipe';

const PIP_VARIABLES =
  'PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1';
const NPM_CACHE = '/tmp/skein-npm';
/** Lists, caches and logs of apt: useless later, and never the same twice. */
const APT_LEFTOVERS =
  '/var/lib/apt/lists/* /var/cache/apt/* /var/cache/ldconfig/aux-cache /var/log/apt ' +
  '/var/log/dpkg.log /var/log/alternatives.log';

/**
 * The instructions of a recipe. `staged` says, in the order of `recipe.copy`, where each file lies
 * in the build's context.
 */
export function buildSteps(
  { recipe, base, digest }: BuildRequest,
  staged: readonly string[],
): readonly BuildStep[] {
  return [
    step({ title: `from: ${recipe.from}`, instruction: `FROM ${base.reference}` }, true),
    step({ title: 'user: root', instruction: 'USER 0:0' }),
    ...install('apt', recipe.apt, aptLine),
    ...install('npm', recipe.npm, npmLine),
    ...install('pip', recipe.pip, pipLine),
    ...recipe.copy.map((it, index) => copyStep(it, staged[index] ?? '')),
    ...environment(recipe.env),
    ...recipe.run.map((line) => step({ title: `run: ${line}`, instruction: shell(line) }, true)),
    // At the end: another digest of the recipe is no reason to make the layers before it again.
    step({ title: 'label', instruction: `LABEL ${RECIPE_LABEL}=${digest}` }),
  ];
}

/** The text that podman, buildah and Docker read. */
export function containerfileOf(steps: readonly BuildStep[]): string {
  return steps.map((it) => `${it.instruction}\n`).join('');
}

function step(
  { title, instruction }: Pick<BuildStep, 'title' | 'instruction'>,
  isLayer = false,
): BuildStep {
  return { title, instruction, isLayer, parts: [] };
}

function install(
  kind: 'apt' | 'npm' | 'pip',
  parts: readonly string[],
  lineOf: (quoted: string) => string,
): readonly BuildStep[] {
  if (parts.length === 0) return [];
  const instruction = shell(lineOf(parts.map(quote).join(' ')));
  return [{ title: `${kind}: ${parts.join(' ')}`, parts, instruction, isLayer: true }];
}

function aptLine(packages: string): string {
  const flags = 'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends';
  return `apt-get update\n${flags} -- ${packages}\nrm -rf ${APT_LEFTOVERS}`;
}

function npmLine(packages: string): string {
  const flags = `npm install --global --no-audit --no-fund --cache ${NPM_CACHE}`;
  return `${flags} -- ${packages}\nrm -rf ${NPM_CACHE}`;
}

/** A Debian that keeps its Python to itself is told that this one is ours. */
function pipLine(requirements: string): string {
  return `${PIP_VARIABLES} python3 -m pip install --no-cache-dir -- ${requirements}`;
}

/** As a list, since then neither a line break nor `<<` means anything to who reads the file. */
function shell(line: string): string {
  return `RUN ${JSON.stringify(['/bin/sh', '-e', '-c', line])}`;
}

function copyStep({ from, to }: ImageRecipe['copy'][number], staged: string): BuildStep {
  const paths = JSON.stringify([staged, to]).replaceAll('$', String.raw`\\$`);
  return step({ title: `copy: ${from} to ${to}`, instruction: `COPY ${paths}` }, true);
}

/**
 * In one instruction, so that their order means nothing: `$NAME` in a value is a variable of the
 * image before it, and `\$` a dollar sign.
 */
function environment(env: Readonly<Record<string, string>>): readonly BuildStep[] {
  const names = Object.keys(env).toSorted();
  if (names.length === 0) return [];
  const pairs = names.map((name) => `${name}="${escapeValue(env[name] ?? '')}"`);
  return [step({ title: `env: ${names.join(' ')}`, instruction: `ENV ${pairs.join(' ')}` })];
}

function escapeValue(value: string): string {
  return value.replaceAll(/\\(?!\$)|"/g, String.raw`\$&`);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
