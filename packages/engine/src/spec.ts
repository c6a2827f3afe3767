import { OMITTED, inputDigest, parseDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { reach } from '@skein/model';
import type { RecordedInput, Trace } from '@skein/model';
import { INPUT_BLOB, filesIn } from '@skein/store';
import type { TraceStore } from '@skein/store';
import type { CallSpec, RunFrame } from './frame.ts';
import { notePresent } from './present.ts';
import type { PreparedTask } from './prepare.ts';

/** Inputs above this many bytes are kept in the blob store rather than in the journal's rows. */
export const LARGE_INPUT_BYTES = 64 * 1024;

type Arguments = readonly (Uint8Array | null)[];

export function specOf(
  task: PreparedTask,
  call: {
    readonly inputs: readonly Digest[];
    readonly args: CallSpec['args'];
    readonly given?: Arguments;
    readonly groups: readonly string[];
    readonly override: Uint8Array | undefined;
  },
): CallSpec {
  let identity = task.identity;
  for (const input of call.inputs) identity += `|${input}`;
  return { task, ...call, identity };
}

/**
 * A call as a running action makes it. Arguments beyond the declared parameters are dropped, and
 * missing ones are inputs of their own (V5).
 */
export function specFromArgs(
  task: PreparedTask,
  args: Arguments,
  call: { readonly groups: readonly string[]; readonly override: Uint8Array | undefined },
): CallSpec {
  const declared = task.parameters.length;
  const taken = task.rest ? args.slice() : args.slice(0, declared);
  while (!task.rest && taken.length < declared) taken.push(null);
  const inputs = taken.map((bytes) => (bytes === null ? OMITTED : inputDigest(bytes)));
  return specOf(task, { inputs, args: () => Promise.resolve(taken), given: taken, ...call });
}

/** Inputs as a row can hold them before anything of them is kept. */
export function smallInputs(inputs: readonly Digest[], args: Arguments): readonly RecordedInput[] {
  return inputs.map((digest, index) => {
    const bytes = args[index] ?? null;
    return bytes === null || bytes.byteLength > LARGE_INPUT_BYTES ? { digest } : { digest, bytes };
  });
}

/** Where the bytes of recorded inputs are; `recent` within a run. */
export type Archive = Pick<RunFrame, 'traces' | 'blobs'> & Partial<Pick<RunFrame, 'recent'>>;

/** Bytes of recorded inputs by digest (T5); `undefined` where one of them is gone. */
export async function recallInputs(
  archive: Archive,
  inputs: readonly Digest[],
): Promise<Arguments | undefined> {
  const args: (Uint8Array | null)[] = [];
  for (const input of inputs) {
    if (input === OMITTED) {
      args.push(null);
      continue;
    }
    const small = archive.recent?.get(input) ?? archive.traces.valueOf(input);
    const bytes = small ?? (await largeInput(archive, input));
    if (bytes === undefined) return undefined;
    args.push(bytes);
  }
  return args;
}

/** The same for a call that a trace recorded: what somebody else made may have to be brought. */
export async function recalledInputs(
  frame: Archive & Pick<RunFrame, 'far' | 'holdsFile'>,
  inputs: readonly Digest[],
  trace: Trace,
): Promise<Arguments | undefined> {
  const near = await wholeInputs(frame, inputs);
  if (near !== undefined || trace.origin === undefined || frame.far === undefined) return near;
  return (await frame.far.bringInputs(trace)) ? wholeInputs(frame, inputs) : undefined;
}

/** What a file holds may be gone although its name is here: then so is the input (P4). */
async function wholeInputs(
  frame: Archive & Pick<RunFrame, 'holdsFile'>,
  inputs: readonly Digest[],
): Promise<Arguments | undefined> {
  const args = await recallInputs(frame, inputs);
  for (const bytes of args ?? []) {
    const files = bytes === null ? [] : filesIn(bytes);
    for (const file of files ?? []) if (!(await frame.holdsFile(file))) return undefined;
  }
  return args;
}

async function largeInput(
  { traces, blobs }: Archive,
  input: Digest,
): Promise<Uint8Array | undefined> {
  const blob = blobOf(traces, input);
  const bytes = blob === undefined ? undefined : await blobs.get(blob);
  return bytes !== undefined && inputDigest(bytes) === input ? bytes : undefined;
}

function blobOf(traces: TraceStore, input: Digest): Digest | undefined {
  const name = traces.kept(INPUT_BLOB, input);
  return name === undefined ? undefined : parseDigest(Buffer.from(name).toString('latin1'));
}

/** Keeps a large input where `recallInputs` finds it again. */
export async function keepLargeInput(
  frame: Pick<RunFrame, 'traces' | 'blobs' | 'present'>,
  input: { readonly digest: Digest; readonly bytes: Uint8Array },
): Promise<void> {
  const known = blobOf(frame.traces, input.digest);
  if (known !== undefined && frame.present.has(known)) return;
  // What others told of it is only a name: the bytes may lie with them, or nowhere any more.
  const blob = await frame.blobs.put(input.bytes);
  notePresent(frame.present, blob);
  if (blob === known) return;
  reach('input-blob-kept');
  frame.traces.keep(INPUT_BLOB, input.digest, Buffer.from(blob, 'latin1'));
}
