import { OMITTED, digestHex, digestOf, encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import type {
  CheckpointId,
  CodeManifest,
  Failure,
  HostPlatform,
  ImageRequest,
  Images,
  KeyInput,
  Platform,
  ResolvedImage,
  Result,
  TaskBehaviour,
  TaskId,
  TaskOptions,
  TaskRow,
} from '@skein/model';
import { fail, platformBeside, platformIn, succeed } from '@skein/model';
import { applyOverride } from '@skein/sdk';
import { type KeyBase, keyPrefix } from './key.ts';
import { likenessOf } from './likeness.ts';
import { RunImages, notResolved } from './run-images.ts';

/** What a call of a task is told from others by, whatever it runs in. */
export interface TaskNaming {
  readonly id: TaskId;
  readonly parameters: readonly string[];
  readonly rest: boolean;
  /** Begins the identity of a call: task and overrides, so that slots never mix them. */
  readonly identity: string;
  /** The same, with only what changes the key of the overrides: what R1 finds earlier calls by. */
  readonly likeness: string;
}

/** A task with the options of one kind of call: everything that its calls have in common. */
export interface PreparedTask extends TaskNaming {
  readonly options: TaskOptions;
  /** Whether results are looked up and kept: the effective mode by Q2. */
  readonly caching: boolean;
  /** True where the author vouches for the code: observations are not checked (Q4). */
  readonly vouched: boolean;
  readonly maxAgeMs: number | undefined;
  /** It executes whatever is known, and nobody shares it in flight (T7). */
  readonly forced: boolean;
  /** What it runs in; absent: on this machine. */
  readonly image?: ResolvedImage;
  readonly base: KeyBase;
  readonly prefix: string;
  readonly ignored: ReadonlySet<string>;
  /** What has to be equal, besides the key, for two calls to share one execution (T7). */
  readonly conditions: string;
}

/** What is known of the run's code before anything is called. */
export interface RunCode {
  readonly rows: ReadonlyMap<TaskId, TaskRow>;
  readonly manifests: ReadonlyMap<TaskId, CodeManifest>;
  /** Parameter names as written, where analysis could read the task's function. */
  readonly parameters: ReadonlyMap<TaskId, readonly string[]>;
  /** A task that is absent may keep whatever it observes (O3). */
  readonly behaviours: ReadonlyMap<TaskId, TaskBehaviour>;
  /** Of this machine. */
  readonly platform: HostPlatform;
  /** Digest of each checkpoint's own code (R4). */
  readonly checkpoints: ReadonlyMap<CheckpointId, Digest>;
  /** What a worker would observe now of an undeclared variable, or of a fact about the machine. */
  readonly variable: (name: string) => Digest | null;
  /** What images stand for (Q6). */
  readonly images: Images;
  /** The image that a task with these options runs in; `undefined`: on this machine. */
  readonly imageFor: (options: TaskOptions) => ImageRequest | undefined;
  /** Digest of a program on this machine, found as a worker finds it; `null`: there is none. */
  readonly program: (name: string) => Digest | null;
  /** What a worker reads for a variable that is declared (O6). */
  readonly declared: (name: string) => string | undefined;
}

/** What a run asks of all its tasks, or of some. */
export interface Demands {
  readonly force: boolean;
  readonly forceTasks: ReadonlySet<TaskId>;
  readonly strict: boolean;
}

export class PreparedTasks {
  readonly #code: RunCode;
  readonly #demands: Demands;
  readonly #images: RunImages;
  readonly #prepared = new Map<string, Result<PreparedTask>>();

  constructor(code: RunCode, demands: Demands) {
    this.#code = code;
    this.#demands = demands;
    this.#images = new RunImages(code.images);
  }

  /**
   * The task with the override's options applied, below a caller that caches or not (Q2). Fails
   * where its image has to be asked for first: of such a call nothing is known.
   */
  prepare(task: TaskId, override: Uint8Array | undefined, below: boolean): Result<PreparedTask> {
    const overridden = override === undefined ? '' : digestHex(digestOf('value', override));
    const name = `${task}|${overridden}|${below ? 'cached' : 'uncached'}`;
    let prepared = this.#prepared.get(name);
    if (prepared === undefined) {
      const options = this.#optionsOf(task, override);
      if (!options.ok) return options;
      const { value } = options;
      const image = this.#unresolved(value.options);
      if (image !== undefined) return fail(notResolved(image));
      prepared = this.#withOptions(value.row, value.options, { override, below });
      this.#prepared.set(name, prepared);
    }
    return prepared;
  }

  /** The same, at once but where an image has to be asked for first: once for each image. */
  ready(
    task: TaskId,
    override: Uint8Array | undefined,
    below: boolean,
  ): Result<PreparedTask> | Promise<Result<PreparedTask>> {
    const prepared = this.prepare(task, override, below);
    if (prepared.ok) return prepared;
    const options = this.#optionsOf(task, override);
    const image = options.ok ? this.#unresolved(options.value.options) : undefined;
    if (image === undefined) return prepared;
    return this.#images.resolve(image).then(() => this.prepare(task, override, below));
  }

  /** What can be said of a call before its image is asked for: recorded calls are found by it. */
  naming(task: TaskId, override: Uint8Array | undefined): Result<TaskNaming> {
    const prepared = this.prepare(task, override, true);
    if (prepared.ok) return prepared;
    const options = this.#optionsOf(task, override);
    if (!options.ok || this.#unresolved(options.value.options) === undefined) return prepared;
    return succeed(this.#namingOf(options.value.row, override));
  }

  /** Digest of a checkpoint's own code; `undefined`: analysis knows no such checkpoint. */
  checkpointCode(checkpoint: CheckpointId): Digest | undefined {
    return this.#code.checkpoints.get(checkpoint);
  }

  /**
   * What workers read for the variables that tasks declare, by name. One that tasks set to
   * different values is left out: nobody can tell later which of them a task read.
   */
  declaredVariables(entry: TaskOptions): Readonly<Record<string, Digest | null>> {
    const variables = new Map<string, Digest | null>();
    const ambiguous = new Set<string>();
    const all = [...this.#code.rows.values()].map(({ options }) => options);
    for (const options of [...all, entry]) {
      for (const name of Object.keys(options.variables)) {
        const digest = this.#variable(name, options);
        if (variables.has(name) && variables.get(name) !== digest) ambiguous.add(name);
        variables.set(name, digest);
      }
    }
    for (const name of ambiguous) variables.delete(name);
    return Object.fromEntries(variables);
  }

  #optionsOf(
    task: TaskId,
    override: Uint8Array | undefined,
  ): Result<{ readonly row: TaskRow; readonly options: TaskOptions }> {
    const row = this.#code.rows.get(task);
    if (row === undefined) return fail(unknownTask(task, this.#code.rows));
    const options =
      override === undefined ? succeed(row.options) : applyOverride(row.options, override);
    if (!options.ok) return options;
    const strict = options.value.strict || this.#demands.strict;
    return succeed({ row, options: { ...options.value, strict } });
  }

  /** An image that says where these run, or is declared, and that nobody asked for yet. */
  #unresolved(options: TaskOptions): ImageRequest | undefined {
    const image = this.#code.imageFor(options) ?? options.image;
    return image === undefined || this.#images.known(image) !== undefined ? undefined : image;
  }

  /** Q6: what really runs. An image that a task only declares counts beside the machine. */
  #whereOf(options: TaskOptions): Result<Where> {
    const { platform: host } = this.#code;
    const wanted = this.#code.imageFor(options);
    const named = wanted ?? options.image;
    if (named === undefined) return succeed({ platform: host });
    const image = this.#images.known(named) ?? fail(notResolved(named));
    if (!image.ok) return image;
    const { value } = image;
    if (wanted === undefined) return succeed({ platform: platformBeside(value, host) });
    return succeed({ platform: platformIn(value, options, host), image: value });
  }

  #withOptions(
    row: TaskRow,
    options: TaskOptions,
    call: { readonly override: Uint8Array | undefined; readonly below: boolean },
  ): Result<PreparedTask> {
    const { cache } = options;
    const code = keyCode(options, this.#code.manifests.get(row.id));
    const wanted = cache.mode === 'inherit' ? call.below : cache.mode !== 'disable';
    const where = this.#whereOf(options);
    if (!where.ok) return where;
    const { platform, image } = where.value;
    const kept = cache.mode === 'auto' || cache.mode === 'version' ? cache : undefined;
    const base: KeyBase = {
      format: 1,
      task: row.id,
      code: code ?? { kind: 'version', version: '' },
      ...(kept?.salt === undefined ? {} : { salt: kept.salt }),
      variables: Object.keys(options.variables)
        .toSorted()
        .map((name) => ({ name, digest: this.#variable(name, options) })),
      platform,
      ...(row.program !== undefined && image === undefined
        ? { program: { name: row.program, digest: this.#code.program(row.program) } }
        : {}),
    };
    const naming = this.#namingOf(row, call.override);
    const { parameters } = naming;
    const stray = kept?.ignoredInputs.find((name) => !parameters.includes(name));
    if (stray !== undefined) return fail(strayInput(row.id, stray, parameters));
    return succeed({
      ...naming,
      options,
      caching: wanted && code !== undefined,
      vouched: cache.mode === 'version',
      maxAgeMs: kept?.maxAgeMs,
      forced: this.#demands.force || this.#demands.forceTasks.has(row.id),
      ...(image === undefined ? {} : { image }),
      base,
      prefix: keyPrefix(base),
      ignored: new Set(kept?.ignoredInputs),
      conditions: JSON.stringify([
        options.resources,
        options.timeout,
        options.isolation,
        options.strict,
        kept?.maxAgeMs,
      ]),
    });
  }

  #namingOf(row: TaskRow, override: Uint8Array | undefined): TaskNaming {
    return {
      id: row.id,
      parameters: namesOf(row, this.#code.parameters.get(row.id)),
      rest: row.rest,
      identity: override === undefined ? row.id : `${row.id}|${hexOf(override)}`,
      likeness: likenessOf(row.id, override),
    };
  }

  #variable(name: string, options: TaskOptions): Digest | null {
    const source = options.variables[name];
    const value = source?.kind === 'set' ? source.value : this.#code.declared(name);
    return value === undefined ? null : inputDigest(encode(value));
  }
}

interface Where {
  readonly platform: Platform;
  /** What it runs in; absent: on this machine. */
  readonly image?: ResolvedImage;
}

/**
 * Asks for the image that the entry's call names, so that the run can begin. A failure says why it
 * cannot.
 */
export async function resolveEntryImage(
  code: RunCode,
  call: { readonly task: TaskId; readonly override: Uint8Array | undefined },
): Promise<Result<void>> {
  const demands = { force: false, forceTasks: new Set<TaskId>(), strict: false };
  const ready = await new PreparedTasks(code, demands).ready(call.task, call.override, false);
  return ready.ok ? succeed(undefined) : ready;
}

/** How many there are only the loaded function says; what they are called, only its source. */
function namesOf(row: TaskRow, written: readonly string[] | undefined): readonly string[] {
  return written?.length === row.parameters.length ? written : row.parameters;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function keyCode(
  options: TaskOptions,
  manifest: CodeManifest | undefined,
): KeyBase['code'] | undefined {
  if (options.cache.mode === 'version') return { kind: 'version', version: options.cache.version };
  return manifest === undefined ? undefined : { kind: 'digest', digest: manifest.digest };
}

function strayInput(task: string, given: string, parameters: readonly string[]): Failure {
  return {
    code: 'option-invalid',
    kind: 'usage',
    headline: '"cache.ignoredInputs" names no parameter of the task',
    facts: [
      ['task', task],
      ['given', given],
      ['parameters', parameters.join(', ') || 'none'],
    ],
  };
}

function unknownTask(task: string, rows: ReadonlyMap<TaskId, TaskRow>): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: `no task "${task}"`,
    facts: [['tasks', [...rows.keys()].join(', ') || 'none']],
  };
}

/**
 * The inputs of a recorded call as the task takes them today: what it does not declare is dropped,
 * and parameters that were left out are inputs of their own (V5).
 */
export function withOmitted(
  task: Pick<PreparedTask, 'parameters' | 'rest'>,
  inputs: readonly Digest[],
): readonly Digest[] {
  const missing = task.parameters.length - inputs.length;
  if (task.rest || missing === 0) return inputs;
  if (missing < 0) return inputs.slice(0, missing);
  return [...inputs, ...Array.from({ length: missing }, () => OMITTED)];
}

/** The key's view of the arguments: one entry for each declared parameter (V5, Q5). */
export function keyInputs(
  task: Pick<PreparedTask, 'parameters' | 'rest' | 'ignored'>,
  digests: readonly Digest[],
): readonly KeyInput[] {
  return digests.map((digest, index) => {
    const name = parameterName(task, index);
    return { name, digest, ignored: task.ignored.has(name) };
  });
}

export function parameterName(
  task: Pick<PreparedTask, 'parameters' | 'rest'>,
  index: number,
): string {
  const last = task.parameters.length - 1;
  if (task.rest && index >= last) return `${task.parameters[last] ?? 'rest'}[${index - last}]`;
  return task.parameters[index] ?? `arg${index}`;
}
