import { decode } from '@skein/values';
import type { Outcome } from '@skein/model';
import type { ResultChange } from '@skein/view';
import type { Opened } from './opened.ts';
import { resultBytes } from './read-back.ts';
import { valueChanges } from './value-changes.ts';

/** An outcome, and the state that its bytes are in. */
export interface KeptOutcome {
  readonly opened: Pick<Opened, 'state'>;
  readonly outcome: Outcome | undefined;
}

/** Where two outcomes differ; empty where the bytes of one are gone. */
export async function outcomeChanges(
  before: KeptOutcome,
  after: KeptOutcome,
): Promise<readonly ResultChange[]> {
  const old = await outcomeValue(before);
  const now = await outcomeValue(after);
  if (old === undefined || now === undefined) return [];
  if (old.name !== now.name) return [{ path: 'outcome', before: old.name, after: now.name }];
  return valueChanges(old.value, now.value, now.name).changes;
}

interface OutcomeValue {
  /** `result` or `error`: where the paths begin. */
  readonly name: string;
  readonly value: unknown;
}

/** `undefined` where there is none, or its bytes are gone. */
async function outcomeValue({ opened, outcome }: KeptOutcome): Promise<OutcomeValue | undefined> {
  if (outcome === undefined) return undefined;
  const bytes = outcome.kind === 'error' ? outcome.bytes : await resultBytes(opened, outcome);
  if (bytes === undefined) return undefined;
  try {
    const value = decode(bytes, { opaque: ({ data }) => data });
    return { name: outcome.kind, value: outcome.kind === 'error' ? thrownValue(value) : value };
  } catch {
    return undefined;
  }
}

/** T4: a stack is no part of an outcome. Paths go through what was thrown, not its record. */
function thrownValue(record: unknown): unknown {
  const bare: unknown = JSON.parse(
    JSON.stringify(record, (key, value: unknown) => (key === 'stack' ? undefined : value)),
  );
  if (typeof bare !== 'object' || bare === null) return bare;
  return 'error' in bare ? bare.error : 'value' in bare ? bare.value : bare;
}
