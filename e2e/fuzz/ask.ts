import { encode } from '@skein/values';
import type { Draw } from '../crash/draw.ts';
import { SKEIN_TYPE, blobDigest, framesOf } from '../support/wire.ts';
import { NAMES, blobOf, hex, keyOf, markOf, treasureOf, type Tenant } from './tenant.ts';

/** What a request carries, and what it says that it is. */
export interface Body {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A request that means something, and may be refused for what it asks alone. */
export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly body: Body;
}

export interface Asking {
  readonly sender: Tenant;
  readonly tenants: readonly [Tenant, ...Tenant[]];
}

/** As a client asks, of everything that anybody has. */
export function drawAsk(draw: Draw, asking: Asking): Ask {
  return draw.pick(asks)(draw, asking);
}

type DrawAsk = (draw: Draw, asking: Asking) => Ask;

const NOTHING: Body = { type: '', bytes: Buffer.alloc(0) };

const get = (target: string): Ask => ({ method: 'GET', target, body: NOTHING });
const own = (method: string, target: string, bytes: Uint8Array): Ask => {
  return { method, target, body: { type: SKEIN_TYPE, bytes: Buffer.from(bytes) } };
};
const raw = (target: string, text: string): Ask => {
  const body = { type: 'application/octet-stream', bytes: Buffer.from(text) };
  return { method: 'PUT', target, body };
};
const json = (target: string, value: unknown): Ask => {
  const body = { type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) };
  return { method: 'POST', target, body };
};

const asks: readonly [DrawAsk, ...DrawAsk[]] = [
  (draw, { tenants }) => get(`/v1/cache/${nxName(draw, tenants)}`),
  (draw, { sender, tenants }) => raw(`/v1/cache/${nxName(draw, tenants)}`, noteOf(draw, sender)),
  (draw, { tenants }) => get(`/skein/v1/blobs/${digest(draw, tenants)}`),
  (draw, { tenants }) => {
    return { method: 'HEAD', target: `/skein/v1/blobs/${digest(draw, tenants)}`, body: NOTHING };
  },
  (draw, { sender }) => {
    const text = blobOf(sender, draw.below(NAMES));
    return raw(`/skein/v1/blobs/${blobDigest(text)}`, text);
  },
  (draw, { sender, tenants }) => {
    return raw(`/skein/v1/blobs/${digest(draw, tenants)}`, noteOf(draw, sender));
  },
  (draw, { tenants }) => {
    const keys = Array.from({ length: 1 + draw.below(20) }, () => key(draw, tenants));
    return own('POST', '/skein/v1/traces/find', encode(keys));
  },
  (draw, { tenants }) => {
    const digests = Array.from({ length: 1 + draw.below(20) }, () => digest(draw, tenants));
    return own('POST', '/skein/v1/blobs/find', encode(digests));
  },
  (draw, { sender, tenants }) => {
    const entries = Array.from({ length: 1 + draw.below(6) }, () => {
      return [key(draw, tenants), id(draw, tenants), sealed(draw, sender)];
    });
    return own('POST', '/skein/v1/traces', framesOf(entries));
  },
  (draw, { sender, tenants }) => {
    const target = `/skein/v1/traces/${key(draw, tenants)}/${id(draw, tenants)}`;
    return own('PUT', target, sealed(draw, sender));
  },
  (draw, { tenants }) => {
    const publicKey = draw.pick(tenants).writer.publicKey.toString('base64');
    return json('/skein/v1/writers', { publicKey });
  },
  (draw) => get(`/skein/v1/${draw.pick(['greeting', 'stats', 'entries'])}`),
  (draw, { tenants }) => get(`/skein/v1/entries/${key(draw, tenants)}`),
  (draw, { tenants }) => get(`/skein/v1/entries?scope=${draw.pick(tenants).scope}`),
  (draw) => get(draw.pick(['/health', '/metrics'])),
  () => json('/skein/v1/verify', {}),
  (draw) => json('/skein/v1/gc', { olderThanMs: draw.pick([1e12, 2 ** 52, -1, 1.5, '1', null]) }),
  (draw, { sender, tenants }) => {
    const victim = draw.pick(tenants);
    // A trusted writer may revoke anybody, and then there is nothing left to fuzz.
    const who = sender.scope === 'trusted' || victim === sender ? hex('nobody') : idOf(victim);
    return json('/skein/v1/revoke', { who });
  },
];

type DrawName = (draw: Draw, tenants: Asking['tenants']) => string;

export const nxName: DrawName = (draw, tenants) =>
  draw.chance(0.3) ? treasureOf(draw.pick(tenants)).nx : String(1_000 + draw.below(NAMES));
export const key: DrawName = (draw, tenants) =>
  draw.chance(0.3) ? treasureOf(draw.pick(tenants)).key : keyOf(draw.below(NAMES));
export const id: DrawName = (draw, tenants) =>
  draw.chance(0.3) ? treasureOf(draw.pick(tenants)).id : hex(`id ${draw.below(4)}`);
export const digest: DrawName = (draw, tenants) =>
  draw.chance(0.3)
    ? treasureOf(draw.pick(tenants)).digest
    : blobDigest(blobOf(draw.pick(tenants), draw.below(NAMES)));

/** An entry that its sender signs. */
export function sealed(draw: Draw, sender: Tenant): Uint8Array {
  return sender.writer.seal(Buffer.from(noteOf(draw, sender)));
}

function noteOf(draw: Draw, sender: Tenant): string {
  return `${markOf(sender)} note ${draw.below(3)}`;
}

/** The public part of a token. */
function idOf({ token }: Tenant): string {
  return token.split('_')[1] ?? '';
}
