import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Durability } from '@skein/journal';
import type { Failure, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { type Fact, describe, isRecord } from './config-fact.ts';
import {
  type ContainerConfig,
  type GivenContainer,
  containerOf,
  wrongContainer,
} from './container-config.ts';
import { PROJECT_FIELDS, wrongProject } from './project-config.ts';
import { type GivenRemote, type RemoteConfig, remoteOf, wrongRemote } from './remote-config.ts';

/** The configuration of a workspace, with what it leaves out filled in. */
export interface Config {
  /** Name of the file at the root; `null` where there is none. */
  readonly file: string | null;
  /** Sorted, each once. */
  readonly passThrough: readonly string[];
  readonly durability: Durability;
  readonly tokens: Readonly<Record<string, number>>;
  /** How many, or their names; absent: what the machine has. */
  readonly gpus?: number | readonly string[];
  /** Where results are shared; absent: nowhere. */
  readonly remote?: RemoteConfig;
  /** How actions run in containers; absent: as it is found. */
  readonly container?: ContainerConfig;
  /** The pipeline of a workspace that is one project, from the root on. */
  readonly entry?: string;
}

const FILES = ['ts', 'mts', 'js', 'mjs', 'json'].map((it) => `skein.config.${it}`);
const OWN_FIELDS = ['passThrough', 'tokens', 'gpus', 'durability', 'remote', 'container'];
const FIELDS = [...OWN_FIELDS, ...PROJECT_FIELDS];
const NONE: Config = { file: null, passThrough: [], tokens: {}, durability: 'process' };

/**
 * Reads `skein.config.ts` (or `.mts`, `.js`, `.mjs`, `.json`) at the workspace root. A module is
 * imported by Node itself, so only what Node strips of TypeScript may stand in it. Fails with
 * `config-invalid`.
 */
export async function loadConfig(root: string): Promise<Result<Config>> {
  const [file, other] = present(root);
  if (file === undefined) return succeed(NONE);
  if (other !== undefined) return fail(twoFiles(file, other));
  try {
    const content = await contentOf(join(root, file));
    const wrong = findWrong(content);
    if (wrong.length > 0) return fail(notValid(file, wrong));
    return succeed(configOf(file, content as Given));
  } catch (error) {
    // Not only loading runs the author's code: a field may be a getter.
    return fail(notLoaded(file, error));
  }
}

function present(root: string): string[] {
  try {
    const names = new Set(readdirSync(root));
    return FILES.filter((it) => names.has(it));
  } catch {
    return [];
  }
}

async function contentOf(path: string): Promise<unknown> {
  if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  const module: unknown = await settled(import(pathToFileURL(path).href));
  return typeof module === 'object' && module !== null && 'default' in module
    ? module.default
    : undefined;
}

/** A module that waits for what never comes would end the process without a word, with code 0. */
async function settled<T>(loading: Promise<T>): Promise<T> {
  const stuck = Promise.withResolvers<never>();
  const refuse = (): void => stuck.reject(new Error('it waits for something that never happens'));
  process.once('beforeExit', refuse);
  try {
    return await Promise.race([loading, stuck.promise]);
  } finally {
    process.off('beforeExit', refuse);
  }
}

/** What is left once nothing is found wrong. */
interface Given {
  readonly passThrough?: readonly string[];
  readonly tokens?: Readonly<Record<string, number>>;
  readonly gpus?: number | readonly string[];
  readonly durability?: Durability;
  readonly remote?: GivenRemote;
  readonly container?: GivenContainer;
  readonly entry?: string;
}

function configOf(file: string, given: Given): Config {
  const { passThrough = [], tokens = {}, gpus, durability = 'process' } = given;
  const { remote, container, entry } = given;
  return {
    durability,
    file,
    passThrough: [...new Set(passThrough)].sort(),
    tokens: { ...tokens },
    ...(gpus !== undefined && { gpus: typeof gpus === 'number' ? gpus : [...new Set(gpus)] }),
    ...(remote !== undefined && { remote: remoteOf(remote) }),
    ...(container !== undefined && { container: containerOf(container) }),
    ...(entry !== undefined && { entry }),
  };
}

function findWrong(content: unknown): readonly Fact[] {
  if (!isRecord(content)) return [['default export', `${describe(content)}, not an object`]];
  const unknown = Object.keys(content).filter((it) => !FIELDS.includes(it));
  return [
    ...unknown.map((it): Fact => [it, 'no such field']),
    ...wrongPassThrough(content['passThrough']),
    ...wrongTokens(content['tokens']),
    ...wrongGpus(content['gpus']),
    ...wrongDurability(content['durability']),
    ...wrongRemote(content['remote']),
    ...wrongContainer(content['container']),
    ...wrongProject(content),
  ];
}

const PACKAGE_NAME = /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/i;

function wrongPassThrough(value: unknown): readonly Fact[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [['passThrough', `${describe(value)}, not a list of names`]];
  return value.flatMap((it: unknown, index): Fact[] =>
    typeof it === 'string' && PACKAGE_NAME.test(it)
      ? []
      : [[`passThrough[${index}]`, `${describe(it)}, not the name of a package`]],
  );
}

function wrongTokens(value: unknown): readonly Fact[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return [['tokens', `${describe(value)}, not an object of numbers`]];
  return Object.entries(value).flatMap(([name, it]): Fact[] =>
    typeof it === 'number' && it >= 0 && Number.isFinite(it)
      ? []
      : [[`tokens.${name}`, `${describe(it)}, not a number from 0`]],
  );
}

function wrongGpus(value: unknown): readonly Fact[] {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)) return [];
  if (!Array.isArray(value)) {
    return [['gpus', `${describe(value)}, neither a whole number nor a list of names`]];
  }
  return value.flatMap((it: unknown, index): Fact[] =>
    typeof it === 'string' && /^[^\s,]+$/.test(it)
      ? []
      : [[`gpus[${index}]`, `${describe(it)}, not the name of a gpu`]],
  );
}

function wrongDurability(value: unknown): readonly Fact[] {
  if (value === undefined || value === 'process' || value === 'power') return [];
  return [['durability', `${describe(value)}, neither "process" nor "power"`]];
}

function invalid(headline: string, facts: readonly Fact[], hint: string): Failure {
  return { code: 'config-invalid', kind: 'usage', headline, facts, hint };
}

function twoFiles(file: string, other: string): Failure {
  return invalid(
    'the workspace has two configurations',
    [
      ['one', `"${file}"`],
      ['other', `"${other}"`],
    ],
    'keep one of the two',
  );
}

function notLoaded(file: string, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const [first = ''] = message.split('\n');
  return invalid(
    `the configuration "${file}" cannot be loaded`,
    [['error', first]],
    'Node itself imports it: it may use TypeScript as far as types can be stripped',
  );
}

function notValid(file: string, wrong: readonly Fact[]): Failure {
  const known = FIELDS.map((it) => `"${it}"`);
  const list = `${known.slice(0, -1).join(', ')} and ${known.at(-1)}`;
  return invalid(`the configuration "${file}" is not valid`, wrong, `it may have ${list}`);
}
