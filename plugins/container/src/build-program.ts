import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '@skein/model';
import { succeed } from '@skein/model';
import type { Engine, EngineCall, EngineEnvironment, EngineOutcome } from './engine.ts';
import { findProgram, runEngine } from './engine.ts';

/** Who builds: the engine that runs containers, or buildah, which needs none. */
export interface BuildProgram {
  readonly name: 'podman' | 'buildah' | 'docker';
  /** It can name an image that was pushed nowhere by a digest that stays. */
  readonly keepsDigests: boolean;
  readonly build: (order: BuildOrder, call: EngineCall) => Promise<EngineOutcome>;
  /** Pushes to where its name says; the digest that the registry got it under, if it was said. */
  readonly push: (order: PushOrder, call: EngineCall) => Promise<Pushed>;
  /** What it has under a name. */
  readonly inspect: (name: string) => Promise<LocalImage | undefined>;
}

export interface BuildOrder {
  /** Holds `Containerfile` and what it copies. */
  readonly context: string;
  readonly name: string;
  /** The registry of the base image speaks plain http. */
  readonly plainBase: boolean;
}

export interface PushOrder {
  readonly name: string;
  /** A folder of its own for what the push writes. */
  readonly scratch: string;
  readonly plain: boolean;
}

export interface Pushed {
  readonly outcome: EngineOutcome;
  readonly digest: string | undefined;
}

export interface LocalImage {
  readonly digest: string | undefined;
  /** `NAME=value` */
  readonly variables: readonly string[];
}

const DIGEST = /sha256:[0-9a-f]{64}/;
const BUILDAH_FORMAT = '{{.FromImageDigest}}\n{{json .OCIv1.Config.Env}}';
const PLAIN = '--tls-verify=false';

/** The engine where one answers, else buildah, else why there is no engine. */
export async function findBuildProgram(
  engine: Result<Engine>,
  environment: EngineEnvironment,
): Promise<Result<BuildProgram>> {
  if (engine.ok) {
    const { kind, run } = engine.value;
    return succeed(kind === 'docker' ? docker(run) : ofContainers('podman', run));
  }
  const path = await findProgram('buildah', environment);
  if (path === undefined) return engine;
  return succeed(
    ofContainers('buildah', (args, how) => runEngine({ path, environment }, args, how)),
  );
}

/**
 * Podman and buildah are one program here. Every time in the image is 0, so that equal steps make
 * equal images; the network is the machine's, since not every machine has another.
 */
function ofContainers(name: 'podman' | 'buildah', run: Engine['run']): BuildProgram {
  const inspection =
    name === 'podman'
      ? ['image', 'inspect', '--format', '{{.Digest}}\n{{json .Config.Env}}']
      : ['inspect', '--type', 'image', '--format', BUILDAH_FORMAT];
  const fixed = ['--timestamp', '0', '--layers', '--force-rm', '--network', 'host'];
  return {
    name,
    keepsDigests: name === 'podman',
    build: ({ context, name: image, plainBase }, call) => {
      const flags = [...fixed, '--pull=missing', ...(plainBase ? [PLAIN] : [])];
      const file = ['--file', join(context, 'Containerfile'), '--tag', image];
      return run([name === 'podman' ? 'build' : 'bud', ...flags, ...file, context], call);
    },
    push: async ({ name: image, scratch, plain }, call) => {
      const file = join(scratch, 'digest');
      const flags = ['--digestfile', file, ...(plain ? [PLAIN] : [])];
      const outcome = await run(['push', ...flags, image], call);
      const written = await readFile(file, 'utf8').catch(() => '');
      return { outcome, digest: DIGEST.exec(written)?.[0] };
    },
    inspect: async (image) => {
      const asked = await run([...inspection, image]);
      const [digest = '', variables = ''] = asked.stdout.trim().split('\n');
      if (asked.code !== 0) return undefined;
      return { digest: DIGEST.exec(digest)?.[0], variables: variablesOf(variables) };
    },
  };
}

/** A digest of what was pushed nowhere is kept where Docker stores images as containerd does. */
function docker(run: Engine['run']): BuildProgram {
  const variables = {
    SOURCE_DATE_EPOCH: '0',
    BUILDKIT_PROGRESS: 'plain',
    // They would make an index of the image.
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
  };
  return {
    name: 'docker',
    keepsDigests: true,
    build: ({ context, name }, call) => {
      const file = ['--file', join(context, 'Containerfile'), '--tag', name];
      return run(['build', '--force-rm', ...file, context], { ...call, variables });
    },
    push: async ({ name }, call) => {
      const outcome = await run(['push', name], call);
      return { outcome, digest: /digest: (sha256:[0-9a-f]{64})/.exec(outcome.stdout)?.[1] };
    },
    inspect: async (name) => {
      const format = '{{json .RepoDigests}}\n{{json .Config.Env}}';
      const asked = await run(['image', 'inspect', '--format', format, name]);
      const [digests = '', env = ''] = asked.stdout.trim().split('\n');
      if (asked.code !== 0) return undefined;
      return { digest: DIGEST.exec(digests)?.[0], variables: variablesOf(env) };
    },
  };
}

/** `null` where the image has none. */
function variablesOf(json: string): readonly string[] {
  const list: unknown = json === '' ? null : JSON.parse(json);
  return Array.isArray(list) ? list.filter((it) => typeof it === 'string') : [];
}
