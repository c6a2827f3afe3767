import type { Rights } from '@skein/store';
import type { Call } from './call.ts';
import { within } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { receiveWhole } from './receive.ts';
import { refusal, type Reply, type WholeReply } from './reply.ts';
import type { Service } from './service.ts';
import { TooLong } from './too-long.ts';
import { declaredLength } from './call.ts';

/** A request of Skein's own protocol, once it is known whose it is. */
export interface Asked {
  readonly call: Call;
  readonly rights: Rights;
  readonly service: Service;
}

/** An endpoint behind the token. */
export interface SharedEndpoint extends Omit<Endpoint, 'answer'> {
  readonly answer: (asked: Asked) => Promise<Reply>;
}

/** Asks the storage for something, which has a limited time. */
export function ask<T>({ call, service }: Asked, work: (signal: AbortSignal) => Promise<T>) {
  return within({ ms: service.limits.storageMs, signal: call.signal }, work);
}

/** The whole body; throws `TooLong` before anything is read where it says so itself. */
export async function bodyOf({ call, service }: Asked, most: number): Promise<Buffer> {
  if ((declaredLength(call) ?? 0) > most) throw new TooLong(most);
  return await receiveWhole({ call, most, limits: service.limits });
}

/** A body of JSON that is an object; `undefined` where it is none. */
export async function jsonOf(asked: Asked): Promise<Readonly<Record<string, unknown>> | undefined> {
  const body = await bodyOf(asked, MOST_JSON_BYTES);
  try {
    const value: unknown = JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

export function badRequest(message: string): WholeReply {
  return refusal('bad-request', message);
}

const MOST_JSON_BYTES = 64 * 1_024;
