import { isDigest } from '@skein/values';
import { concurrencyOf } from './depot-frame.ts';
import type { DepotFrame } from './depot-frame.ts';
import { isHex64, traceName } from './depot-names.ts';
import { writerOf } from './entry.ts';
import { inOrder } from './in-order.ts';
import type { ObjectBody } from './objects.ts';
import { encodeReceipt, sumOf } from './receipt.ts';
import { mayWrite } from './scope.ts';
import { isFullError } from './shared-trouble.ts';
import type { Asking, NewEntry, PutStatus, Rights } from './shared-store.ts';

const ATTEMPTS = 3;

/** Stores the entries that the rights allow, each in the one scope that they write. */
export async function putEntries(
  frame: DepotFrame,
  rights: Rights,
  { entries, ...asking }: Asking & { readonly entries: readonly NewEntry[] },
): Promise<PutStatus[]> {
  if (!mayWrite(rights)) return entries.map(() => 'refused');
  const believed = new Map<string, Promise<boolean>>();
  const isBelieved = (writer: string): Promise<boolean> => {
    const known = believed.get(writer);
    if (known !== undefined) return known;
    const asked = isWriter(frame, rights, { writer, ...asking });
    believed.set(writer, asked);
    return asked;
  };
  const one = async (entry: NewEntry): Promise<PutStatus> => {
    if (!isAcceptable(frame, entry)) return 'refused';
    const writer = writerOf(entry.bytes);
    if (writer === undefined || (writer === null && !frame.unsigned)) return 'refused';
    if (writer !== null && !(await isBelieved(writer))) return 'refused';
    return putOne(frame, rights, { entry, writer: writer ?? undefined, ...asking });
  };
  const statuses: PutStatus[] = [];
  const all = inOrder(entries, concurrencyOf(frame.objects), one);
  for await (const status of all) statuses.push(status);
  return statuses;
}

/** A key counts only under the token that registered it, for what comes with that token. */
async function isWriter(
  { revocations, writers }: DepotFrame,
  rights: Rights,
  { writer, ...asking }: Asking & { readonly writer: string },
): Promise<boolean> {
  const { scope, token } = rights;
  if (await revocations.isRevoked({ scope, token, writer }, asking)) return false;
  return writers.isRegistered(writer, rights, asking);
}

function isAcceptable({ limits }: DepotFrame, { key, id, bytes }: NewEntry): boolean {
  return isDigest(key) && isHex64(id) && bytes.byteLength <= limits.entryBytes;
}

interface Put extends Asking {
  readonly entry: NewEntry;
  readonly writer: string | undefined;
}

async function putOne(
  frame: DepotFrame,
  rights: Rights,
  { entry, writer, ...asking }: Put,
): Promise<PutStatus> {
  const { bytes } = entry;
  const name = traceName(rights.scope, entry.key, entry.id);
  const sha256 = sumOf(bytes);
  const by = { sha256, token: rights.token, ...(writer === undefined ? {} : { writer }) };
  const receipt = { ...by, size: bytes.byteLength, receivedAt: frame.clock.now() };
  const body: ObjectBody = {
    kind: 'bytes',
    bytes: Buffer.concat([bytes, encodeReceipt(receipt)]),
  };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const options = { ...asking, ifAbsent: true };
      if ((await frame.objects.put(name, body, options)) === 'stored') return 'stored';
    } catch (error) {
      if (isFullError(error)) return 'full';
      throw error;
    }
    // What is there may be damaged, revoked or gone by now: then the place is free.
    const there = await frame.verified.small(name, frame.limits.entryBytes, asking);
    if (there === undefined) continue;
    const { scope } = rights;
    if (await frame.revocations.isRevoked({ ...there.receipt, scope }, asking)) {
      await frame.objects.delete(name, { ...asking, stamp: there.head.stamp });
      continue;
    }
    if (there.receipt.sha256 !== sha256) return 'conflict';
    await frame.objects.touch(there.head, asking);
    return 'same';
  }
  return 'conflict';
}
