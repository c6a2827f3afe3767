import { DecodingError, decode, encode, inputDigest, packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { StoredFormError } from '@skein/model';
import type { Trace } from '@skein/model';
import {
  FAR_INPUTS,
  INPUT_BLOB,
  farInputsName,
  readInputs,
  storeInputs,
  unpackList,
} from '@skein/store';
import type { BlobStore, EntryInputs, TraceStore } from '@skein/store';
import { inputsOf } from './inputs-out.ts';

export interface InputsInOptions {
  readonly traces: TraceStore;
  readonly near: BlobStore;
  /** The near ones, with the far ones behind them. */
  readonly blobs: BlobStore;
  readonly read: (blob: Digest, mostBytes: number) => Promise<Uint8Array | undefined>;
}

const PACK_BYTES = 64 * 1024 * 1024;

/** What the calls of learned traces are made with: small things at once, others when asked for. */
export class InputsIn {
  readonly #options: InputsInOptions;
  readonly #brought = new Map<Digest, Promise<boolean>>();

  constructor(options: InputsInOptions) {
    this.#options = options;
  }

  /** Keeps what an entry tells, for this run and later ones. */
  learn(trace: Trace, inputs: EntryInputs): void {
    const { traces } = this.#options;
    for (const bytes of inputs.small) traces.rememberValue(inputDigest(bytes), bytes);
    for (const { artifact, files } of inputs.files) {
      // Where this machine has a file already is the nearer place.
      const unknown = files.filter((file) => traces.artifactOf(file) === undefined);
      if (unknown.length > 0) traces.rememberFiles(artifact, packDigests(unknown));
    }
    for (const { input, blob } of inputs.large) {
      if (traces.kept(INPUT_BLOB, input) !== undefined) continue;
      traces.keep(INPUT_BLOB, input, Buffer.from(blob, 'latin1'));
    }
    const { pack, large, files } = inputs;
    if (pack === null && large.length === 0 && files.length === 0) return;
    traces.keep(FAR_INPUTS, farInputsName(trace), encode(storeInputs({ ...inputs, small: [] })));
  }

  bring(trace: Trace): Promise<boolean> {
    const name = farInputsName(trace);
    const known = this.#brought.get(name);
    if (known !== undefined) return known;
    const brought = this.#bring(trace, this.#toldOf(name));
    this.#brought.set(name, brought);
    return brought;
  }

  async #bring(trace: Trace, told: EntryInputs | undefined): Promise<boolean> {
    const { blobs } = this.#options;
    if (told !== undefined) {
      const { pack } = told;
      if (pack !== null && !this.#areHere(trace) && !(await this.#unpack(pack))) return false;
      const brought = await Promise.all([
        ...told.large.map(({ blob }) => blobs.bring(blob)),
        ...told.files.map((one) => this.#bringFiles(one)),
      ]);
      if (!brought.every(Boolean)) return false;
    }
    return this.#areHere(trace);
  }

  /** Files that lie in artifacts of this machine are not fetched again. */
  async #bringFiles({ artifact, files }: EntryInputs['files'][number]): Promise<boolean> {
    const { traces, near, blobs } = this.#options;
    const known = new Set(files.map((file) => traces.artifactOf(file) ?? artifact));
    known.delete(artifact);
    const isNear = await near.hasMany(known);
    const rest = files.filter((file) => {
      const at = traces.artifactOf(file);
      return at === undefined || !isNear.has(at);
    });
    if (rest.length === 0) return true;
    if (!(await blobs.bring(artifact))) return false;
    traces.rememberFiles(artifact, packDigests(rest));
    return true;
  }

  #areHere(trace: Trace): boolean {
    const { traces } = this.#options;
    for (const input of inputsOf(trace)) {
      const isHere =
        traces.valueOf(input) !== undefined || traces.kept(INPUT_BLOB, input) !== undefined;
      if (!isHere) return false;
    }
    return true;
  }

  async #unpack({ blob, size }: NonNullable<EntryInputs['pack']>): Promise<boolean> {
    const bytes = await this.#options.read(blob, PACK_BYTES);
    const values = bytes === undefined ? undefined : unpackList(bytes, size);
    for (const value of values ?? []) {
      this.#options.traces.rememberValue(inputDigest(value), new Uint8Array(value));
    }
    return values !== undefined;
  }

  #toldOf(name: Digest): EntryInputs | undefined {
    const stored = this.#options.traces.kept(FAR_INPUTS, name);
    if (stored === undefined) return undefined;
    try {
      return readInputs(decode(stored, { codecs: [] })) ?? undefined;
    } catch (error) {
      // It may have been damaged since: then only what is here is here (P4).
      if (error instanceof StoredFormError || error instanceof DecodingError) return undefined;
      throw error;
    }
  }
}
