import { randomBytes } from 'node:crypto';
import type { ActionKey } from '@skein/model';
import type { NewEntry } from '@skein/store';
import { encode } from '@skein/values';
import { jsonIn } from './client.ts';
import type { TestServer } from './test-server.ts';

/** An entry as far as a server looks into it: whose key it names. */
export interface WrittenEntry extends NewEntry {
  readonly publicKey: string;
}

/** An entry by a key of its own. */
export function writtenEntry(key: ActionKey, id = randomBytes(32).toString('hex')): WrittenEntry {
  const publicKey = new Uint8Array(randomBytes(32));
  const signature = new Uint8Array(randomBytes(64));
  const content = new Uint8Array(randomBytes(500));
  const bytes = encode([1, content, publicKey, signature]);
  return { key, id, bytes, publicKey: Buffer.from(publicKey).toString('base64') };
}

/** Makes a writer's key known. */
export async function register(server: TestServer, token: string, publicKey: string) {
  const body = JSON.stringify({ publicKey });
  return await server.send({ method: 'POST', path: '/skein/v1/writers', token, body });
}

export async function greeting(server: TestServer, token: string): Promise<unknown> {
  return jsonIn(await server.send({ path: '/skein/v1/greeting', token }));
}
