import { digestOf } from '@skein/values';
import type { ActionKey, KeyInput, KeyManifest } from '@skein/model';
import { describePlatform } from '@skein/model';

/** Everything in a key manifest but the inputs, which alone differ between calls of a task. */
export type KeyBase = Omit<KeyManifest, 'inputs'>;

type FieldWriter = (field: string, value: string) => void;

/**
 * The one walk over what a key covers (Q5). The digest and every explanation are written by it,
 * so that they cannot drift apart. Inputs come last: the rest is the same for all calls.
 */
function walkBase(base: KeyBase, write: FieldWriter): void {
  write('format', String(base.format));
  write('task', base.task);
  if (base.code.kind === 'digest') write('code', base.code.digest);
  else write('version', base.code.version);
  if (base.salt !== undefined) write('salt', base.salt);
  for (const variable of base.variables) {
    write(`variable ${variable.name}`, variable.digest ?? 'not set');
  }
  write('platform', describePlatform(base.platform));
  const { program } = base;
  if (program !== undefined) write(`program ${program.name}`, program.digest ?? 'not found');
}

function walkInputs(inputs: readonly KeyInput[], write: FieldWriter): void {
  for (const input of inputs) {
    write(`input ${input.name}`, input.ignored ? 'ignored' : input.digest);
  }
}

/** Length before value: no two different lists of fields give the same text. */
function line(field: string, value: string): string {
  return `${field}\u0000${value.length}:${value}\n`;
}

/** The text of a base, made once for all calls of a task with the same options. */
export function keyPrefix(base: KeyBase): string {
  let text = '';
  walkBase(base, (field, value) => {
    text += line(field, value);
  });
  return text;
}

export function actionKey(prefix: string, inputs: readonly KeyInput[]): ActionKey {
  let text = prefix;
  walkInputs(inputs, (field, value) => {
    text += line(field, value);
  });
  return digestOf('key', text) as ActionKey;
}

/** A field of the key in which two manifests differ; a side that has no such field is absent. */
export interface FieldChange {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

/** The fields in which two manifests differ, in the order of the walk, what is gone last. */
export function fieldChanges(before: KeyManifest, now: KeyManifest): readonly FieldChange[] {
  const old = fieldsOf(before);
  const fresh = fieldsOf(now);
  const changes: FieldChange[] = [];
  for (const [field, after] of fresh) {
    const known = old.get(field);
    if (known !== after) {
      changes.push({ field, ...(known === undefined ? {} : { before: known }), after });
    }
  }
  for (const [field, known] of old) if (!fresh.has(field)) changes.push({ field, before: known });
  return changes;
}

function fieldsOf(manifest: KeyManifest): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const write: FieldWriter = (field, value) => void fields.set(field, value);
  walkBase(manifest, write);
  walkInputs(manifest.inputs, write);
  return fields;
}
