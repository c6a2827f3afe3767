import { SKEIN_TYPE, SharedStoreError, mayRead, mayWrite } from '@skein/store';
import { digestSize, encode, parseDigest, type Digest } from '@skein/values';
import { ask, badRequest, type Asked, type SharedEndpoint } from './asked.ts';
import { declaredLength } from './call.ts';
import { keysIn } from './key-list.ts';
import { receive } from './receive.ts';
import { refusal, type Reply } from './reply.ts';
import { TooLong } from './too-long.ts';
import { statusReply } from './trace-endpoints.ts';

export const blobEndpoints: readonly SharedEndpoint[] = [
  { method: 'POST', path: '/skein/v1/blobs/find', answer: findMany },
  { method: 'GET', path: '/skein/v1/blobs/:digest', answer: get },
  { method: 'PUT', path: '/skein/v1/blobs/:digest', answer: put },
];

async function findMany(asked: Asked): Promise<Reply> {
  const { rights, service } = asked;
  const digests = await keysIn(asked);
  if (digests === undefined) return badRequest('a list of digests is expected');
  if (digests.length > service.limits.keys) throw new TooLong(service.limits.keys);
  const there = await ask(asked, (signal) =>
    service.depot.as(rights).hasBlobs(digests, { signal }),
  );
  const body = encode(digests.filter((digest) => there.has(digest)));
  return { kind: 'whole', status: 200, type: SKEIN_TYPE, body };
}

async function get(asked: Asked): Promise<Reply> {
  const { call, rights, service } = asked;
  if (!mayRead(rights)) return refusal('forbidden', 'this token may not read');
  const digest = parseDigest(call.params['digest'] ?? '');
  if (digest === undefined) return badRequest('the digest is no digest');
  const body = await ask(asked, async (signal) => {
    const stream = await service.depot.as(rights).getBlob(digest, { signal });
    // Came too late: the request was answered, and nobody else would close it.
    if (signal.aborted) stream?.destroy();
    return stream;
  });
  service.metrics.lookup('blob', body === undefined ? 0 : 1, body === undefined ? 1 : 0);
  if (body === undefined) return refusal('not-found', 'not there');
  return { kind: 'stream', body, size: digestSize(digest) };
}

async function put(asked: Asked): Promise<Reply> {
  const { call, rights, service } = asked;
  const { limits } = service;
  const digest = parseDigest(call.params['digest'] ?? '');
  if (digest === undefined) return badRequest('the digest is no digest');
  if (!mayWrite(rights)) return refusal('forbidden', 'this token may not write');
  const size = declaredLength(call);
  if (size === undefined) return refusal('length-required', 'Content-Length is missing');
  if (size > limits.blobBytes) throw new TooLong(limits.blobBytes);
  if (size !== digestSize(digest)) return wrongDigest(digest);
  try {
    const status = await receive({ call, most: size, limits }, (body, signal) =>
      service.depot.as(rights).receiveBlob(digest, body, { signal }),
    );
    return statusReply(status);
  } catch (error) {
    if (error instanceof SharedStoreError && error.trouble === 'garbage') {
      return wrongDigest(digest);
    }
    throw error;
  }
}

function wrongDigest(digest: Digest): Reply {
  return refusal('wrong-digest', `the body is not "${digest}"`);
}
