import { fail, succeed } from '@skein/model';
import type { Failure, Result } from '@skein/model';
import { isHex64, revokedName } from './depot-names.ts';
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
  // A key may be revoked that is not registered any more: readers may have learned from it.
  if (ids.size === 0 && !isHex64(who)) return fail(notFound(who));
  // The tokens come first: a key that is registered just now is revoked with its token.
  await frame.revocations.add(
    [...ids].map((id) => revokedName('token', id)),
    asking,
  );
  const writers = new Set<string>(isHex64(who) ? [who] : []);
  const names = [...writers].map((writer) => revokedName('writer', writer));
  // Anybody may register anybody's key: so with a token it goes in the scope of the token only.
  for await (const { scope, writer, token } of frame.writers.list(undefined, asking)) {
    if (!ids.has(token)) continue;
    writers.add(writer);
    names.push(revokedName('writer', writer, scope));
  }
  await frame.revocations.add(names, asking);
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
  const judge = async ({ head, named }: SurveyedObject): Promise<number | undefined> => {
    const receipt = await frame.verified.receipt(head, asking);
    if (receipt === undefined) return undefined;
    if (!isRevokedBy(revoked, { ...receipt, scope: named.scope })) return undefined;
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
    hint: 'a key has 64 digits, as in "skein cache ls --json"; a token an id or a name',
  };
}
