import { SharedStoreError } from '@skein/store';
import type { ShareTrouble } from '@skein/store';
import type { HttpAnswer } from './http-call.ts';

const TROUBLES: ReadonlyMap<number, ShareTrouble> = new Map([
  [401, 'unauthorised'],
  [403, 'forbidden'],
  [400, 'refused'],
  [409, 'refused'],
  [411, 'refused'],
  [413, 'refused'],
  [422, 'refused'],
  [507, 'full'],
]);

const MESSAGE_BYTES = 4_096;
const MESSAGE_LENGTH = 200;

/** An answer that is none as an error: what the server says about it is shortened and cleaned. */
export async function refusalOf(answer: HttpAnswer): Promise<SharedStoreError> {
  const { status } = answer;
  const trouble =
    TROUBLES.get(status) ?? (status >= 500 || status === 429 ? 'server-error' : 'garbage');
  const said = answer.type === 'application/json' ? await messageIn(answer) : undefined;
  answer.body.destroy();
  const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  const message = said === undefined ? '' : `: ${said}`;
  return new SharedStoreError(trouble, `the server answered ${status}${redirected}${message}`);
}

async function messageIn({ body }: HttpAnswer): Promise<string | undefined> {
  let text = '';
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      text += piece.toString('latin1');
      if (text.length > MESSAGE_BYTES) return undefined;
    }
    const told = JSON.parse(text) as { readonly error?: { readonly message?: unknown } } | null;
    const message = told?.error?.message;
    if (typeof message !== 'string') return undefined;
    return message.replace(/[^\x20-\x7e]/g, ' ').slice(0, MESSAGE_LENGTH);
  } catch {
    return undefined;
  }
}
