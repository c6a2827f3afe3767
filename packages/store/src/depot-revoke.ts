import { fail, succeed } from '@skein/model';
import type { Failure, Result } from '@skein/model';
import { concurrencyOf } from './depot-frame.ts';
import type { DepotFrame } from './depot-frame.ts';
import { NOTHING, plus, surveyObjects } from './depot-survey.ts';
import type { SurveyedObject } from './depot-survey.ts';
import { isCalled } from './depot-tokens.ts';
import type { DepotRevocation, DepotSize } from './depot.ts';
import { inOrder } from './in-order.ts';
import { isRevokedBy } from './revocations.ts';
import type { Asking } from './shared-store.ts';
import type { TokenRecord, Tokens } from './tokens.ts';

/**
 * First it is written down who is revoked, so that nothing of theirs is given any more; then what
 * they left is removed, which may take long and may be interrupted.
 */
export async function revokeWriter(
  frame: DepotFrame,
  tokens: Tokens,
  { who, ...asking }: Asking & { readonly who: string },
): Promise<Result<DepotRevocation>> {
  const meant = (await tokens.list(asking)).filter(isCalled(who));
  const ids = new Set(meant.map((it) => it.id));
  for (const { id } of meant) {
    const revoked = await tokens.revoke(id, asking);
    if (!revoked.ok) return revoked;
  }
  // The tokens come first: a key that is registered just now is revoked with its token.
  if (ids.size > 0) await frame.revocations.add('token', [...ids], asking);
  const writers = new Set<string>();
  for await (const { writer, token } of frame.writers.list(undefined, asking)) {
    if (writer === who || ids.has(token)) writers.add(writer);
  }
  if (writers.size === 0 && ids.size === 0) return fail(notFound(who));
  await frame.revocations.add('writer', [...writers], asking);
  const removed = await removeRevoked(frame, asking);
  const records: readonly TokenRecord[] = (await tokens.list(asking)).filter(({ id }) =>
    ids.has(id),
  );
  return succeed({ writers: [...writers].toSorted(), tokens: records, removed });
}

/** Whatever was ever revoked: so what an interrupted removal left goes with the next one. */
async function removeRevoked(frame: DepotFrame, asking: Asking): Promise<DepotSize> {
  const revoked = await frame.revocations.current(asking);
  const found = surveyObjects(frame, { kinds: ['trace', 'nx'] }, asking);
  const judge = async ({ head }: SurveyedObject): Promise<number | undefined> => {
    const receipt = await frame.verified.receipt(head, asking);
    if (receipt === undefined || !isRevokedBy(revoked, receipt)) return undefined;
    await frame.objects.delete(head.name, { ...asking, stamp: head.stamp });
    return head.size;
  };
  let removed = NOTHING;
  for await (const size of inOrder(found, concurrencyOf(frame.objects), judge)) {
    if (size !== undefined) removed = plus(removed, size);
  }
  return removed;
}

function notFound(who: string): Failure {
  return {
    code: 'writer-not-found',
    kind: 'usage',
    headline: 'there is no such writer',
    facts: [['writer', JSON.stringify(who)]],
    hint: 'give the name of a key (64 hexadecimal digits), or a token by id or name',
  };
}
