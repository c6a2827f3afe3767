import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  mayBePlain,
  parseReference,
  type BuildRequest,
  type BuiltImage,
  type ImageBuilder,
  type ImageInspection,
} from '@skein/images';
import type { Result } from '@skein/model';
import { fail, imageTitle, succeed } from '@skein/model';
import { stageCopies } from './build-context.ts';
import { LOCAL_PREFIX } from './image-presence.ts';
import { endBuild } from './build-end.ts';
import { endedBuild, failedBuild, failedPush, localOnly, noDigest } from './build-failure.ts';
import { underBuildLock } from './build-lock.ts';
import { findBuildProgram, type BuildProgram } from './build-program.ts';
import { readBuilderLine, type BuildProgress } from './build-progress.ts';
import { buildSteps, containerfileOf, type BuildStep } from './build-steps.ts';
import { whatItSaid } from './engine.ts';
import type { Engine, EngineCall, EngineEnvironment } from './engine.ts';

export interface BuilderOptions {
  /** Asked when there is something to build; buildah is taken where no engine answers. */
  readonly engine: () => Promise<Result<Engine>>;
  /** What the builder finds in its environment: credentials, settings, PATH. */
  readonly environment: EngineEnvironment;
  /** Where built images are pushed, `ghcr.io/acme`; absent: they stay on this machine. */
  readonly registry: string | undefined;
  /** Registries that speak plain http, `host:port`. Those of this machine always may. */
  readonly insecureRegistries: readonly string[];
  /** No part of what a recipe copies. */
  readonly stateDir: string;
  /** The machine's folder for temporary files, as every process here knows it. */
  readonly temporary: string;
  /** What a registry has: `WorkspaceImages.inspect`. */
  readonly inspect: (reference: string) => Promise<Result<ImageInspection>>;
  readonly told: (progress: BuildProgress) => void;
  /** Ends what is being built. */
  readonly signal?: AbortSignal | undefined;
}

/** Hexadecimal digits of a recipe's digest that make a tag. */
const TAG_DIGITS = 16;
/** What is kept of a step's output. */
const KEPT_LINES = 200;

/** Builds recipes by podman, buildah or Docker, each once on this machine however many ask. */
export function createBuilder(options: BuilderOptions): ImageBuilder {
  const building = new Map<string, Promise<Result<BuiltImage>>>();
  return {
    build: (request) => {
      const known = building.get(request.digest);
      if (known !== undefined) return known;
      const folder = join(options.temporary, 'skein-builds');
      const made = underBuildLock({ folder, name: tagOf(request), signal: options.signal }, () =>
        new Build(options, request).run(),
      );
      building.set(request.digest, made);
      return made.finally(() => building.delete(request.digest));
    },
  };
}

/** One build of one recipe. */
class Build {
  readonly #options: BuilderOptions;
  readonly #request: BuildRequest;
  readonly #image: string;
  /** In full, with its tag: where it is pushed, or how it is called here. */
  readonly #name: string;

  constructor(options: BuilderOptions, request: BuildRequest) {
    const { name } = request.recipe;
    this.#options = options;
    this.#request = request;
    this.#image = imageTitle(request.recipe);
    const place = options.registry ?? LOCAL_PREFIX;
    this.#name = `${place}/${repositoryOf(name)}:${tagOf(request)}`;
  }

  async run(): Promise<Result<BuiltImage>> {
    if (this.#isEnded) return fail(endedBuild(this.#image));
    const there = await this.#pushed();
    if (there !== undefined) return succeed(there);
    const program = await findBuildProgram(await this.#options.engine(), this.#environment);
    if (!program.ok) return program;
    const isLocal = this.#options.registry === undefined;
    if (isLocal && (await program.value.inspect(this.#name))?.digest !== undefined) {
      return await this.#pinLocal(program.value);
    }
    const scratch = await mkdtemp(join(this.#options.temporary, 'skein-build-'));
    try {
      const built = await this.#build(program.value, scratch);
      if (!built.ok) return built;
      const pin = isLocal
        ? await this.#pinLocal(program.value)
        : await this.#push(program.value, scratch);
      if (pin.ok) this.#tell({ kind: 'built', reference: pin.value.reference });
      return pin;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  get #environment(): EngineEnvironment {
    return this.#options.environment;
  }

  /**
   * What the registry has under the tag. One that does not say so (many deny what is not there)
   * is asked again by the push.
   */
  async #pushed(): Promise<BuiltImage | undefined> {
    if (this.#options.registry === undefined) return undefined;
    const found = await this.#options.inspect(this.#name);
    if (!found.ok) return undefined;
    const { digest, isIndex, platforms } = found.value;
    const [only] = platforms;
    if (isIndex || only === undefined) return undefined;
    return this.#builtAs(digest, only.node);
  }

  async #build(program: BuildProgram, scratch: string): Promise<Result<void>> {
    const { recipe, root, base } = this.#request;
    const context = join(scratch, 'context');
    await mkdir(context);
    const place = { root, stateDir: this.#options.stateDir };
    const staged = await stageCopies({ recipe, place, context });
    if (!staged.ok) return staged;
    const steps = buildSteps(this.#request, staged.value);
    await writeFile(join(context, 'Containerfile'), containerfileOf(steps));
    this.#tell({ kind: 'started', steps: steps.length });
    const watch = this.#watch(steps);
    const order = { context, name: this.#name, plainBase: this.#isPlain(base.reference) };
    if (this.#isEnded) return fail(endedBuild(this.#image));
    const call = { ...this.#call, end: endBuild, onLine: watch.onLine };
    const { code } = await program.build(order, call);
    if (this.#isEnded) return fail(endedBuild(this.#image));
    if (code === 0) return succeed(undefined);
    return fail(failedBuild({ image: this.#image, ...watch.at() }));
  }

  /** Follows the builder from step to step. */
  #watch(steps: readonly BuildStep[]): {
    readonly onLine: (line: string) => void;
    readonly at: () => { step: BuildStep | undefined; output: readonly string[] };
  } {
    let at = -1;
    let output: string[] = [];
    const onLine = (text: string): void => {
      const read = readBuilderLine(text, steps);
      if (read.kind === 'output') {
        output.push(read.line);
        if (output.length > KEPT_LINES) output = output.slice(-KEPT_LINES / 2);
        this.#tell({ kind: 'output', line: read.line });
      }
      // BuildKit names a step again when it is done.
      if (read.kind !== 'step' || read.index <= at) return;
      at = read.index;
      output = [];
      const title = steps[at]?.title ?? '';
      this.#tell({ kind: 'step', step: at + 1, steps: steps.length, title });
    };
    return { onLine, at: () => ({ step: steps[at], output }) };
  }

  async #push(program: BuildProgram, scratch: string): Promise<Result<BuiltImage>> {
    this.#tell({ kind: 'pushing', target: this.#name });
    const order = { name: this.#name, scratch, plain: this.#isPlain(this.#name) };
    const { outcome, digest } = await program.push(order, this.#call);
    if (outcome.code !== 0) {
      return fail(failedPush(this.#image, this.#name, whatItSaid(outcome)));
    }
    // The word of the registry counts: another machine may have pushed the same at this moment.
    const there = await this.#pushed();
    if (there !== undefined) return succeed(there);
    if (digest === undefined) return fail(noDigest(this.#image, program.name));
    return succeed(this.#builtAs(digest, await this.#nodeIn(program)));
  }

  async #pinLocal(program: BuildProgram): Promise<Result<BuiltImage>> {
    const digest = (await program.inspect(this.#name))?.digest;
    if (digest === undefined || !program.keepsDigests) {
      return fail(noDigest(this.#image, program.name));
    }
    const built = this.#builtAs(digest, await this.#nodeIn(program));
    this.#tell({ kind: 'warning', warning: localOnly(this.#image, built.reference) });
    return succeed(built);
  }

  async #nodeIn(program: BuildProgram): Promise<string | undefined> {
    const prefix = 'NODE_VERSION=';
    const variables = (await program.inspect(this.#name))?.variables ?? [];
    return variables.findLast((it) => it.startsWith(prefix))?.slice(prefix.length);
  }

  #builtAs(digest: string, node: string | undefined): BuiltImage {
    const reference = `${this.#name.slice(0, this.#name.lastIndexOf(':'))}@${digest}`;
    return { reference, digest, ...(node !== undefined && { node }) };
  }

  get #call(): Pick<EngineCall, 'signal' | 'limitMs'> {
    const { signal } = this.#options;
    return { limitMs: null, ...(signal !== undefined && { signal }) };
  }

  get #isEnded(): boolean {
    return this.#options.signal?.aborted === true;
  }

  #isPlain(reference: string): boolean {
    const registry = parseReference(reference)?.registry ?? '';
    return mayBePlain(registry, this.#options.insecureRegistries);
  }

  #tell(progress: Untitled<BuildProgress>): void {
    this.#options.told({ image: this.#image, ...progress });
  }
}

type Untitled<T> = T extends unknown ? Omit<T, 'image'> : never;

function tagOf({ digest }: BuildRequest): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, TAG_DIGITS);
}

/** What a registry takes for a repository's name. */
function repositoryOf(name: string | undefined): string {
  const plain = (name ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return plain.replaceAll(/^-|-$/g, '') || 'skein';
}
