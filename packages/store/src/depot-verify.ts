import type { DepotFrame } from './depot-frame.ts';
import { NOTHING, plus, surveyObjects } from './depot-survey.ts';
import type { SurveyedObject } from './depot-survey.ts';
import type { Verification, VerifyRequest } from './depot.ts';
import { inOrder } from './in-order.ts';
import { digestOfBody } from './object-body.ts';
import type { Asking } from './shared-store.ts';

const AT_ONCE = 4;
const NAMES = 1_000;

/** Reads everything; what is damaged goes. */
export async function verifyDepot(
  frame: DepotFrame,
  { scopes, progress, signal }: VerifyRequest,
): Promise<Verification> {
  let checked = NOTHING;
  let damagedCount = 0;
  const damaged: string[] = [];
  const found = surveyObjects(frame, { scopes }, { signal });
  const read = async (one: SurveyedObject) => ({
    one,
    whole: await isWhole(frame, one, { signal }),
  });
  for await (const { one, whole } of inOrder(found, AT_ONCE, read)) {
    checked = plus(checked, one.head.size);
    if (!whole) {
      damagedCount += 1;
      if (damaged.length < NAMES) damaged.push(one.head.name);
    }
    progress?.(checked);
  }
  return { checked, damaged, damagedCount };
}

/** What goes away meanwhile is not damaged. */
async function isWhole(
  { objects, verified }: DepotFrame,
  { head, named }: SurveyedObject,
  asking: Asking,
): Promise<boolean> {
  const { name, stamp } = head;
  if (named.kind !== 'blob') return (await verified.again(head, asking)) !== 'damaged';
  const found = await objects.get(name, asking);
  if (found === undefined) return true;
  if ((await digestOfBody(found.body)) === named.digest) return true;
  await objects.delete(name, { ...asking, stamp });
  return false;
}
