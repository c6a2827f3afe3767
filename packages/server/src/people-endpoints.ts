import { TRUSTED, mayRead, mayWrite, parseScope, type DepotFilter, type Scope } from '@skein/store';
import type { ActionKey } from '@skein/model';
import { isDigest } from '@skein/values';
import { badRequest, jsonOf, type Asked, type SharedEndpoint } from './asked.ts';
import { Gate } from './gate.ts';
import { json, refusal, type Reply, type WholeReply } from './reply.ts';

const KINDS = ['trace', 'nx', 'blob'] as const;
/** One JSON object a line. */
const LINES = 'application/x-ndjson';

/** What people ask, through a command: with the rights of their token, and no more. */
export function peopleEndpoints(): readonly SharedEndpoint[] {
  return [
    { method: 'GET', path: '/skein/v1/entries', answer: list },
    { method: 'GET', path: '/skein/v1/entries/:key', answer: inspect },
    { method: 'GET', path: '/skein/v1/stats', answer: stats },
    { method: 'POST', path: '/skein/v1/revoke', answer: alone(revoke) },
    { method: 'POST', path: '/skein/v1/gc', answer: alone(gc) },
    { method: 'POST', path: '/skein/v1/verify', answer: alone(verify) },
  ];
}

type Work = (asked: Asked, body: Readonly<Record<string, unknown>>) => Promise<Reply>;

/**
 * Reading everything, or sweeping, is one at a time: it slows everybody else down. Each has a turn
 * of its own, and it begins when the body is there: nobody can hold up a revocation.
 */
function alone(work: Work): SharedEndpoint['answer'] {
  const turn = new Gate({ requests: 1, waiting: 0, waitMs: 0 });
  return async (asked) => {
    if (!mayWrite(asked.rights)) return refusal('forbidden', 'this token may not write');
    const body = await jsonOf(asked);
    if (body === undefined) return badRequest('the body is an object in JSON');
    if (!(await turn.enter(asked.call.signal))) return refusal('too-many', 'one at a time');
    try {
      return await work(asked, body);
    } finally {
      turn.leave();
    }
  };
}

async function list(asked: Asked): Promise<Reply> {
  const filter = filterOf(asked);
  if ('kind' in filter) return filter;
  const { call, service } = asked;
  const items = service.depot.list(filter, { signal: call.signal });
  return { kind: 'frames', type: LINES, chunks: lines(items) };
}

async function inspect(asked: Asked): Promise<Reply> {
  const { call, service } = asked;
  const { key } = call.params;
  const filter = filterOf(asked);
  if ('kind' in filter) return filter;
  if (!isDigest(key)) return badRequest('the key is no key');
  const entries = service.depot.inspect(key as ActionKey, filter, { signal: call.signal });
  return { kind: 'frames', type: LINES, chunks: lines(entries) };
}

async function stats(asked: Asked): Promise<Reply> {
  const { call, service } = asked;
  const filter = filterOf(asked);
  if ('kind' in filter) return filter;
  return json(await service.depot.stats(filter, { signal: call.signal }));
}

/** A trusted writer revokes anybody, everyone else only what came with the same token. */
const revoke: Work = async ({ call, rights, service }, { who }) => {
  if (typeof who !== 'string') return badRequest('"who" is the name of a key or token');
  if (rights.scope !== TRUSTED && who !== rights.token) {
    return refusal('forbidden', `a token of "${rights.scope}" revokes "${rights.token}" only`);
  }
  const revoked = await service.depot.revokeWriter(who, { signal: call.signal });
  return revoked.ok ? json(revoked.value) : refusal('not-found', revoked.failure.headline);
};

const gc: Work = async (asked, body) => {
  const { call, service } = asked;
  const olderThanMs = amountIn(body['olderThanMs']);
  const maxSizeBytes = amountIn(body['maxSizeBytes']);
  if (olderThanMs === null || maxSizeBytes === null) {
    return badRequest('"olderThanMs" and "maxSizeBytes" are whole numbers');
  }
  const scopes = ownScopes(asked);
  return json(await service.depot.gc({ olderThanMs, maxSizeBytes, scopes, signal: call.signal }));
};

const verify: Work = async (asked) => {
  const { call, service } = asked;
  return json(await service.depot.verify({ scopes: ownScopes(asked), signal: call.signal }));
};

/** What a token may clean up: everything, if it is trusted. */
function ownScopes({ rights }: Asked): readonly Scope[] | undefined {
  return rights.scope === TRUSTED ? undefined : [rights.scope];
}

/** Never more than the scopes that the token reads; a refusal where more is asked for. */
function filterOf({ call, rights }: Asked): DepotFilter | WholeReply {
  if (!mayRead(rights)) return refusal('forbidden', 'this token may not read');
  const query = new URLSearchParams(call.incoming.url?.split('?')[1]);
  const scope = query.get('scope');
  const kind = query.get('kind');
  const wanted = scope === null ? undefined : parseScope(scope);
  if (scope !== null && wanted === undefined) return badRequest('the scope is none');
  if (wanted !== undefined && !rights.reads.includes(wanted)) {
    return refusal('forbidden', `this token does not read "${wanted}"`);
  }
  const kinds = KINDS.filter((it) => kind === null || it === kind);
  if (kinds.length === 0) return badRequest('the kind is none');
  return {
    scopes: wanted === undefined ? rights.reads : [wanted],
    kinds,
    name: query.get('name') ?? undefined,
    writer: query.get('writer') ?? undefined,
    token: query.get('token') ?? undefined,
  };
}

/** One line of JSON each. */
async function* lines(items: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const item of items) yield Buffer.from(`${JSON.stringify(item, base64)}\n`);
}

function base64(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** `null` where it is no amount. */
function amountIn(value: unknown): number | undefined | null {
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
