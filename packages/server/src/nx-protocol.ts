import { mayRead, mayWrite, type Rights } from '@skein/store';
import { authenticate } from './authenticate.ts';
import { declaredLength, type Call } from './call.ts';
import { within } from './deadline.ts';
import type { Protocol } from './endpoint.ts';
import { receive } from './receive.ts';
import { empty, text, type Reply, type WholeReply } from './reply.ts';
import type { Service } from './service.ts';
import type { Trouble } from './trouble.ts';

const HASH = /^[A-Za-z0-9_-]{1,64}$/;
const NO_TOKEN = 'a valid token is needed: set NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN';

/**
 * The self-hosted remote cache of Nx. Nx fails a build at any status that it does not know, and
 * where nothing answers; so whatever happens here is a miss, or a refusal that it passes over.
 */
export function nxProtocol(service: Service): Protocol {
  return {
    below: '/v1/cache/',
    gated: true,
    endpoints: [
      { method: 'GET', path: '/v1/cache/:hash', answer: (call) => find(call, service) },
      { method: 'PUT', path: '/v1/cache/:hash', answer: (call) => put(call, service) },
    ],
    refuse,
  };
}

async function find(call: Call, service: Service): Promise<Reply> {
  const rights = await authenticate(call, service);
  if (rights === undefined) return refused(403, NO_TOKEN);
  if (!mayRead(rights)) return refused(403, 'this token may not read');
  const { hash = '' } = call.params;
  const found = HASH.test(hash) ? await open(hash, { call, service, rights }) : undefined;
  service.metrics.lookup('nx', found === undefined ? 0 : 1, found === undefined ? 1 : 0);
  return found ?? text(404, 'not there');
}

interface Finding {
  readonly call: Call;
  readonly service: Service;
  readonly rights: Rights;
}

function open(hash: string, { call, service, rights }: Finding): Promise<Reply | undefined> {
  return within({ ms: service.limits.storageMs, signal: call.signal }, async (signal) => {
    const found = await service.depot.nx(rights).find(hash, { signal });
    const body = await found?.open();
    if (found === undefined || body === undefined) return undefined;
    // Came too late: the request was answered, and nobody else would close the file.
    if (signal.aborted) body.destroy();
    return { kind: 'stream', body, size: found.size };
  });
}

async function put(call: Call, service: Service): Promise<Reply> {
  const rights = await authenticate(call, service);
  if (rights === undefined) return refused(401, NO_TOKEN);
  if (!mayWrite(rights)) return refused(403, 'this token may not write');
  const { hash = '' } = call.params;
  if (!HASH.test(hash)) return refused(403, 'a hash is 1 to 64 letters, digits, "-" or "_"');
  const size = declaredLength(call);
  if (size === undefined) return refused(403, 'Content-Length is missing');
  const { limits } = service;
  if (size > limits.blobBytes) return refused(403, `more than ${limits.blobBytes} bytes`);
  const status = await receive({ call, most: size, limits }, (stream, signal) =>
    service.depot.nx(rights).put(hash, { stream, size }, { signal }),
  );
  switch (status) {
    case 'stored':
      return empty(200);
    case 'same':
    case 'conflict':
      return text(409, 'there already');
    case 'full':
      return refused(403, 'no room');
    case 'refused':
      return refused(403, 'this token may not write');
  }
}

function refuse({ incoming: { method } }: Call, { code, message }: Trouble): WholeReply {
  if (method === 'GET' || method === 'HEAD') return { ...text(404, 'not there'), trouble: code };
  if (method === 'PUT') return { ...text(403, message), trouble: code };
  return { ...text(405, 'GET and PUT are known'), trouble: code };
}

function refused(status: 401 | 403, message: string): WholeReply {
  return { ...text(status, message), trouble: message };
}
