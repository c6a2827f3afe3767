import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, succeed, type Failure, type Result } from '@skein/model';
import { Dir, File } from '@skein/sdk';
import { DecodingError, fromJson, type Reference } from '@skein/values';
import type { GivenInput } from './input.ts';
import { nameInput } from './name-input.ts';

/** A file or folder that an input names, still to be copied in. */
interface Wanted {
  readonly kind: 'file' | 'dir';
  readonly path: string;
  readonly name: string | undefined;
  /** What it must hold, where the input says so. */
  readonly reference: Reference | undefined;
}

/** The real value of an input: paths, relative to `cwd`, become `File` and `Dir`. */
export async function reviveInput(input: GivenInput, cwd: string): Promise<Result<unknown>> {
  try {
    const wanted = wantedBy(input);
    const made = new Map<string, File | Dir>();
    for (const [key, one] of wanted) {
      const value = await make(one, cwd);
      if (!value.ok) return fail(misplaced(input, one, value.failure));
      made.set(key, value.value);
    }
    return succeed(
      fromJson(input.json, {
        open: (path) => made.get(keyOf(path)),
        revive: (reference, path) =>
          (path === undefined ? undefined : made.get(keyOf({ ...reference, path }))) ??
          referred(reference),
      }),
    );
  } catch (error) {
    if (error instanceof DecodingError) return fail(unreadable(input, error));
    throw error;
  }
}

/** Making a `File` takes time, reading JSON does not: first all paths are found. */
function wantedBy({ json }: GivenInput): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  fromJson(json, {
    open: (path) => void wanted.set(keyOf(path), { ...path, reference: undefined }),
    revive: (reference, path) => {
      if (path === undefined || reference.kind === 'task') return;
      const name = reference.kind === 'file' ? reference.name : undefined;
      const one = { kind: reference.kind, path, name };
      wanted.set(keyOf(one), { ...one, reference });
    },
  });
  return wanted;
}

function keyOf({ kind, path, name }: { kind: string; path: string; name?: string | undefined }) {
  return JSON.stringify([kind, path, name ?? null]);
}

/** Without a path the bytes are those the state has under this digest. */
function referred(reference: Reference): unknown {
  if (reference.kind === 'file') return File.of(reference);
  return reference.kind === 'dir' ? Dir.of(reference) : reference;
}

type Made =
  | { readonly ok: true; readonly value: File | Dir }
  | { readonly ok: false; readonly failure: string };

async function make(wanted: Wanted, cwd: string): Promise<Made> {
  const { kind, name, reference } = wanted;
  const path = resolve(cwd, wanted.path);
  if (!existsSync(path)) {
    if (reference === undefined || reference.kind === 'task') {
      return { ok: false, failure: `there is no such ${kind === 'file' ? 'file' : 'folder'}` };
    }
    return { ok: true, value: reference.kind === 'file' ? File.of(reference) : Dir.of(reference) };
  }
  try {
    const options = name === undefined ? {} : { name };
    const value = kind === 'file' ? await File.from(path, options) : await Dir.from(path);
    const changed = reference !== undefined && reference.kind !== 'task';
    if (changed && reference.digest !== value.digest) {
      return { ok: false, failure: 'its content is not that of the digest beside it' };
    }
    return { ok: true, value };
  } catch (error) {
    return { ok: false, failure: error instanceof Error ? error.message : String(error) };
  }
}

function misplaced(input: GivenInput, { path, kind }: Wanted, why: string): Failure {
  return {
    code: input.by === 'flag' ? 'flag-value' : 'input-invalid',
    kind: 'usage',
    headline: `the ${kind === 'file' ? 'file' : 'folder'} of ${nameInput(input)} cannot be taken`,
    facts: [
      ['path', `"${path}"`],
      ['why', why],
    ],
  };
}

function unreadable(input: GivenInput, error: DecodingError): Failure {
  return {
    code: input.by === 'flag' ? 'flag-value' : 'input-invalid',
    kind: 'usage',
    headline: `${nameInput(input)} cannot be read`,
    facts: [['why', error.message]],
    hint: 'values that JSON has no word for are written { "$type": …, "value": … }',
  };
}
