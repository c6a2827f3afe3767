import { DecodingError, decode, isDigest, type Digest } from '@skein/values';
import { bodyOf, type Asked } from './asked.ts';

/** The longest digest, encoded. */
const KEY_BYTES = 84;
const LIST_BYTES = 16;

/** The digests or keys that a request lists; `undefined` where its body is no such list. */
export async function keysIn(asked: Asked): Promise<readonly Digest[] | undefined> {
  const most = asked.service.limits.keys * KEY_BYTES + LIST_BYTES;
  const body = await bodyOf(asked, most);
  try {
    const value = decode(body, { codecs: [] });
    return Array.isArray(value) && value.every((it) => isDigest(it)) ? value : undefined;
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}
