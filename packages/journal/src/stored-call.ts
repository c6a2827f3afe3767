import { packDigests } from '@skein/values';
import {
  mustBoolean,
  mustBytes,
  mustDigestOrNull,
  mustDigests,
  mustList,
  mustMember,
  mustNumber,
  mustRecord,
  mustText,
  storeDigest,
} from '@skein/model';
import type {
  ActionImage,
  ActionKey,
  ActionStarted,
  Reason,
  RecordedInput,
  Stored,
  TaskId,
  Verdict,
} from '@skein/model';
import { VERDICTS } from './facts-layout.ts';

/** What rows of before a field was added do not have. */
export function isAbsent(field: unknown): boolean {
  return field === undefined || field === null;
}

export function readOverride(field: unknown): { readonly override?: Uint8Array } {
  return isAbsent(field) ? {} : { override: mustBytes(field) };
}

/** `[digest, applied, name, node]`, and `true` where it had the network. */
export function storeImage({ digest, applied, name, node, network }: ActionImage): Stored {
  const fields = [digest, applied, name ?? null, node ?? null];
  return network === undefined ? fields : [...fields, network];
}

/** Absent in earlier records, and where the task has none. */
export function readImage(field: unknown): { readonly image?: ActionImage } {
  if (isAbsent(field)) return {};
  const [digest, applied, name, node, network] = mustList(field);
  const image: ActionImage = {
    digest: mustText(digest),
    applied: mustBoolean(applied),
    ...(isAbsent(name) ? {} : { name: mustText(name) }),
    ...(isAbsent(node) ? {} : { node: mustText(node) }),
    ...(isAbsent(network) || !mustBoolean(network) ? {} : { network: true }),
  };
  return { image };
}

export function readCount(field: unknown): { readonly count?: number } {
  return isAbsent(field) ? {} : { count: mustNumber(field) };
}

/** What a start and an end say of their call. */
export type Call = Omit<ActionStarted, 'kind' | 'at' | 'override' | 'count' | 'image'>;

/** Fields 2 to 8 of a start and of a finish. */
export function storeCall(call: Call): Stored {
  const { action, parent, task, key, inputs, verdict, groups } = call;
  const stored = storeInputs(inputs);
  return [action, parent, task, storeDigest(key), stored, storeVerdict(verdict), groups];
}

export function storeInputs(inputs: readonly RecordedInput[]): Stored {
  const kept = inputs.some((input) => input.bytes !== undefined);
  const bytes = kept ? inputs.map((input) => input.bytes ?? null) : null;
  return [packDigests(inputs.map((input) => input.digest)), bytes];
}

export function readCall(fields: Stored): Call {
  return {
    action: mustNumber(fields[2]),
    parent: mustNumber(fields[3]),
    task: mustText(fields[4]) as TaskId,
    key: mustDigestOrNull(fields[5]) as ActionKey | null,
    inputs: readInputs(mustList(fields[6])),
    verdict: readVerdict(mustList(fields[7])),
    groups: mustList(fields[8]).map(mustText),
  };
}

export function readInputs([digests, bytes]: Stored): readonly RecordedInput[] {
  const kept = bytes === null ? [] : mustList(bytes);
  return mustDigests(digests).map((digest, index) => {
    const own = kept[index];
    return own === undefined || own === null ? { digest } : { digest, bytes: mustBytes(own) };
  });
}

/** A reason without further fields is its kind alone. */
function storeVerdict({ kind, reason }: Verdict): Stored {
  const plain = Object.keys(reason).length === 1;
  return [VERDICTS.indexOf(kind), plain ? reason.kind : reason];
}

function readVerdict([kind, reason]: Stored): Verdict {
  return { kind: mustMember(VERDICTS, kind), reason: readReason(reason) };
}

/** Before files were observed, changes were named in a sentence and had no values. */
function readReason(stored: unknown): Reason {
  if (typeof stored === 'string') return { kind: stored } as Reason;
  const reason = mustRecord(stored);
  if (reason['kind'] === 'key-changed' && reason['changes'] === undefined) {
    const names = mustList(reason['changed']).map(mustText);
    return { kind: 'key-changed', changes: names.map((name) => ({ kind: 'setting', name })) };
  }
  if (reason['kind'] === 'observation-changed' && reason['before'] === undefined) {
    const name = mustText(reason['what']).replace(/^variable /, '');
    const before = { kind: 'variable', name, digest: null } as const;
    return { kind: 'observation-changed', before, after: null };
  }
  return reason as unknown as Reason;
}
