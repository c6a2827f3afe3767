import { EncodingError, encode, fileReference, referencesIn } from '@skein/values';
import type { Reference } from '@skein/values';
import type { Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { File, type FileStore } from '@skein/sdk';

/** An argument that is recorded already, with the files it names. */
export class RecordedArgument {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * The entry's arguments as bytes. What their files hold is copied into the state, so that workers
 * and later runs find it. Missing and `undefined` arguments are omitted (V5).
 */
export async function encodeArguments(
  args: readonly unknown[],
  files: FileStore,
): Promise<Result<readonly (Uint8Array | null)[]>> {
  const encoded: (Uint8Array | null)[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg instanceof RecordedArgument) {
      encoded.push(arg.bytes);
      continue;
    }
    const bytes = encodeArgument(arg, index);
    if (!bytes.ok) return bytes;
    if (bytes.value !== null) await takeFiles(referencesIn(bytes.value), files);
    encoded.push(bytes.value);
  }
  while (encoded.at(-1) === null) encoded.pop();
  return succeed(encoded);
}

function encodeArgument(arg: unknown, index: number): Result<Uint8Array | null> {
  if (arg === undefined) return succeed(null);
  try {
    return succeed(encode(arg, { path: `arguments[${index}]` }));
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    return fail({
      code: 'input-invalid',
      kind: 'usage',
      headline: `an argument cannot be encoded`,
      facts: [
        ['where', error.path],
        ['why', error.message],
      ],
      hint: 'pass plain values, File, Dir or tasks',
    });
  }
}

async function takeFiles(references: readonly Reference[], files: FileStore): Promise<void> {
  for (const reference of references) {
    if (reference.kind === 'task') continue;
    const contents = reference.kind === 'file' ? [reference] : reference.entries;
    for (const { digest } of contents) {
      if (await files.has(digest)) continue;
      await files.putPath(await File.of(fileReference({ name: 'file', digest })).path());
    }
  }
}
