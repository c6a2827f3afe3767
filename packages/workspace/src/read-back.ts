import { decode } from '@skein/values';
import type { DirReference, FileReference, Reference } from '@skein/values';
import { readValue } from '@skein/artifact';
import type { RunEnd } from '@skein/engine';
import { indexRun, isAlive } from '@skein/journal';
import type { Outcome, ResultOutcome, RunId, TaskDefinition } from '@skein/model';
import { FailureError } from '@skein/model';
import { Dir, File } from '@skein/sdk';
import type { Opened } from './opened.ts';
import type { Thrower } from './summary.ts';

/** A recorded value as a real one; its files are read from the state. */
export function reviveValue(opened: Opened, bytes: Uint8Array): unknown {
  const revive = (reference: Reference): unknown => {
    if (reference.kind === 'file') return File.of(reference, opened.files);
    if (reference.kind === 'dir') return Dir.of(reference, opened.files);
    return { task: reference.id };
  };
  return decode(bytes, { revive });
}

/** The result of an outcome, wherever its bytes lie; `undefined` where they are gone. */
export async function resultOf(opened: Opened, outcome: Outcome): Promise<unknown> {
  if (outcome.kind === 'error') return undefined;
  const bytes = await resultBytes(opened, outcome);
  return bytes === undefined ? undefined : reviveValue(opened, bytes);
}

/** The encoded result, wherever it lies; `undefined` where it is gone. */
export async function resultBytes(
  { state }: Pick<Opened, 'state'>,
  { value, digest }: ResultOutcome,
): Promise<Uint8Array | undefined> {
  if (value.at === 'inline') return value.bytes;
  const path = await state.blobs.path(value.artifact);
  const read = path === undefined ? undefined : await readValue(path, digest);
  return read?.ok === true ? read.value : undefined;
}

/**
 * Brings the files of a result near, where it came from afar: who opens them later may do so when
 * the remote is not connected any more. What is gone is missed by whoever wants it (P4).
 */
export async function bringFiles(
  opened: Pick<Opened, 'state' | 'files'>,
  outcome: Outcome | undefined,
): Promise<void> {
  if (outcome?.kind !== 'result') return;
  const bytes = await resultBytes(opened, outcome);
  if (bytes === undefined) return;
  const { files, folders } = referencesOf(bytes);
  const laid = [
    ...files.map((file) => () => opened.files.pathOf(file)),
    ...folders.map((folder) => () => opened.files.folderOf(folder)),
  ];
  for (const lay of laid) {
    try {
      await lay();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
    }
  }
}

function referencesOf(bytes: Uint8Array): {
  readonly files: readonly FileReference[];
  readonly folders: readonly DirReference[];
} {
  const files: FileReference[] = [];
  const folders: DirReference[] = [];
  const revive = (reference: Reference): null => {
    if (reference.kind === 'file') files.push(reference);
    else if (reference.kind === 'dir') folders.push(reference);
    return null;
  };
  decode(bytes, { revive });
  return { files, folders };
}

/** Task, action and inputs of the action that threw first what made the run fail. */
export function readThrower(
  opened: Opened,
  of: {
    readonly run: RunId;
    readonly end: RunEnd;
    readonly tasks: readonly TaskDefinition[];
  },
): Promise<Thrower | undefined> {
  const { thrower } = of.end;
  const index = indexRun(opened.state.db, of.run, isAlive);
  const action = index.ok ? index.value.details([thrower]).get(thrower) : undefined;
  if (action === undefined) return Promise.resolve(undefined);
  const names = of.tasks.find((task) => task.id === action.task)?.parameters ?? [];
  const inputs: Record<string, unknown> = {};
  for (const [index, input] of action.inputs.entries()) {
    const bytes = input.bytes ?? opened.state.traces.valueOf(input.digest);
    if (bytes === undefined) continue;
    inputs[names[index] ?? `arg${index}`] = reviveValue(opened, bytes);
  }
  return Promise.resolve({ task: action.task, action: action.action, inputs });
}
