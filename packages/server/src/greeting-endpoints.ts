import { mayWrite } from '@skein/store';
import { ask, badRequest, jsonOf, type SharedEndpoint } from './asked.ts';
import { empty, json, refusal } from './reply.ts';

const PUBLIC_KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** What a client learns first, and what it makes known of itself. */
export const greetingEndpoints: readonly SharedEndpoint[] = [
  {
    method: 'GET',
    path: '/skein/v1/greeting',
    answer: async (asked) => {
      const { rights, service } = asked;
      const greeting = await ask(asked, (signal) => service.depot.as(rights).greet({ signal }));
      const writers = greeting.writers.map(({ publicKey, scope, token }) => ({
        publicKey: Buffer.from(publicKey).toString('base64'),
        scope,
        token,
      }));
      const { keys, batchBytes, entryBytes, blobBytes } = service.limits;
      const limits = { keys, batchBytes, entryBytes, blobBytes };
      return json({ ...greeting, writers, limits, server: service.version });
    },
  },
  {
    method: 'POST',
    path: '/skein/v1/writers',
    answer: async (asked) => {
      const { rights, service } = asked;
      if (!mayWrite(rights)) return refusal('forbidden', 'this token may not write');
      const text = (await jsonOf(asked))?.['publicKey'];
      if (typeof text !== 'string' || !BASE64.test(text)) {
        return badRequest('"publicKey" is 32 bytes in base64');
      }
      const key = Uint8Array.from(Buffer.from(text, 'base64'));
      if (key.length !== PUBLIC_KEY_BYTES) return badRequest('"publicKey" is 32 bytes in base64');
      await ask(asked, (signal) => service.depot.as(rights).register(key, { signal }));
      return empty(204);
    },
  },
];
