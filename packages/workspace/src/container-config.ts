import { isAbsolute } from 'node:path';
import { FailureError, fail, succeed } from '@skein/model';
import type { Failure, ImageRequest, Result } from '@skein/model';
import { type WorkspaceConfig, parseOptions } from '@skein/sdk';
import { type Fact, describe, isRecord } from './config-fact.ts';

/** The configuration's word about containers, with what it leaves out filled in. */
export interface ContainerConfig {
  /** `podman`, `docker`, or the absolute path of either; absent: the one that is found. */
  readonly engine?: string;
  /** What a task runs in that names none. */
  readonly image?: ImageRequest;
  /** Where images that are built are pushed, `localhost:5000/team`. */
  readonly registry?: string;
  /** The engine's mode for `network: true`; absent: the engine's default. */
  readonly network?: string;
  /** `uid:gid` */
  readonly user?: string;
  /** `host:port` of those that speak plain http. */
  readonly insecureRegistries: readonly string[];
  /** Further arguments of `podman run` and `docker run`. */
  readonly runArgs: readonly string[];
}

export type GivenContainer = NonNullable<WorkspaceConfig['container']>;

const FIELDS = 'engine image registry network user insecureRegistries runArgs'.split(' ');
const ENGINES: readonly unknown[] = ['podman', 'docker'];
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/;
const PLACE = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const USER = /^\d+:\d+$/;

/** What `findWrong` says of the field `container`. */
export function wrongContainer(value: unknown): readonly Fact[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return [['container', `${describe(value)}, not an object`]];
  const unknown = Object.keys(value).filter((it) => !FIELDS.includes(it));
  const wrong = (name: string, fits: (it: string) => boolean, wanted: string): readonly Fact[] => {
    const it = value[name];
    if (it === undefined || (typeof it === 'string' && fits(it))) return [];
    return [[`container.${name}`, `${describe(it)}, ${wanted}`]];
  };
  const known = FIELDS.map((it) => `"${it}"`).join(', ');
  return [
    ...unknown.map((it): Fact => [`container.${it}`, `no such field: it may have ${known}`]),
    ...wrong(
      'engine',
      (it) => ENGINES.includes(it) || isAbsolute(it),
      'neither "podman" nor "docker" nor an absolute path',
    ),
    ...wrongImage(value['image']),
    ...wrong('registry', isRegistry, 'not a registry, such as "localhost:5000/team"'),
    ...wrong('network', (it) => /^\S+$/.test(it), 'not a mode of the engine, such as "bridge"'),
    ...wrong('user', (it) => USER.test(it), 'not "uid:gid" in digits'),
    ...wrongList(value['insecureRegistries'], 'insecureRegistries', {
      fits: (it) => HOST.test(it),
      wanted: 'not a registry, "host:port"',
    }),
    ...wrongList(value['runArgs'], 'runArgs', { fits: () => true, wanted: 'not a text' }),
  ];
}

/** `given` is valid. */
export function containerOf(given: GivenContainer): ContainerConfig {
  const { engine, image, registry, network, user, insecureRegistries, runArgs } = given;
  const read = image === undefined ? undefined : readImage(image);
  return {
    insecureRegistries: [...new Set(insecureRegistries ?? [])],
    runArgs: [...(runArgs ?? [])],
    ...(engine === undefined ? {} : { engine }),
    ...(read?.ok === true ? { image: read.value } : {}),
    ...(registry === undefined ? {} : { registry }),
    ...(network === undefined ? {} : { network }),
    ...(user === undefined ? {} : { user }),
  };
}

function wrongImage(value: unknown): readonly Fact[] {
  if (value === undefined) return [];
  const read = readImage(value);
  if (read.ok) return [];
  const of = new Map(read.failure.facts);
  const [name, wanted] = [of.get('option') ?? 'image', of.get('wanted') ?? read.failure.headline];
  return [[`container.${name}`, `${of.get('given')}, not ${wanted}`]];
}

/** As the option `image` of a task is read. */
function readImage(image: unknown): Result<ImageRequest> {
  try {
    const parsed = parseOptions({ image }, 'the configuration');
    return parsed.image === undefined ? fail(noImage()) : succeed(parsed.image);
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

function noImage(): Failure {
  return { code: 'option-invalid', kind: 'usage', headline: 'an image', facts: [] };
}

function isRegistry(text: string): boolean {
  const [host = '', ...places] = text.split('/');
  return HOST.test(host) && places.every((it) => PLACE.test(it));
}

function wrongList(
  value: unknown,
  name: string,
  { fits, wanted }: { readonly fits: (it: string) => boolean; readonly wanted: string },
): readonly Fact[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[`container.${name}`, `${describe(value)}, not a list`]];
  return value.flatMap((it: unknown, index): Fact[] =>
    typeof it === 'string' && it !== '' && fits(it)
      ? []
      : [[`container.${name}[${index}]`, `${describe(it)}, ${wanted}`]],
  );
}
