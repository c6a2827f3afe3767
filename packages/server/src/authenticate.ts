import type { Rights } from '@skein/store';
import type { Call } from './call.ts';
import { within } from './deadline.ts';
import type { Service } from './service.ts';

const FORM = /^Bearer +([!-~]{1,200})$/i;

/** Whose request it is: `undefined` without a valid token. */
export async function authenticate(call: Call, service: Service): Promise<Rights | undefined> {
  const token = FORM.exec(call.incoming.headers.authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const rights = await within({ ms: service.limits.storageMs, signal: call.signal }, (signal) =>
    service.depot.tokens.authenticate(token, { signal }),
  );
  if (rights !== undefined) call.record.token = rights.token;
  return rights;
}
