import { gzipSync } from 'node:zlib';
import { encode } from '@skein/values';
import type { Draw } from '../crash/draw.ts';
import { SKEIN_TYPE, framesOf } from '../support/wire.ts';
import { digest, id, key, sealed, type Body } from './ask.ts';
import { NAMES, blobOf, hex, keyOf, markOf, type Tenant } from './tenant.ts';

export interface BodyRequest {
  /** Whose mark the body bears. */
  readonly sender: Tenant;
  readonly tenants: readonly [Tenant, ...Tenant[]];
}

/** What a request carries: as it should be, or anything else. */
export function drawBody(draw: Draw, request: BodyRequest): Body {
  const { type, bytes } = draw.pick(bodies)(draw, request);
  const other = draw.pick([
    'application/json',
    SKEIN_TYPE,
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    '',
  ]);
  return {
    type: draw.chance(0.15) ? other : type,
    bytes: draw.chance(0.2) ? damage(draw, bytes) : bytes,
  };
}

type DrawBody = (draw: Draw, request: BodyRequest) => Body;

const own = (bytes: Uint8Array): Body => ({ type: SKEIN_TYPE, bytes: Buffer.from(bytes) });
const json = (value: unknown): Body => text(JSON.stringify(value));
const text = (value: string): Body => ({ type: 'application/json', bytes: Buffer.from(value) });
const raw = (bytes: Uint8Array | string): Body => {
  return { type: 'application/octet-stream', bytes: Buffer.from(bytes) };
};

const bodies: readonly [DrawBody, ...DrawBody[]] = [
  () => raw(''),
  (draw, { sender }) => raw(`${markOf(sender)} ${draw.below(4)}`),
  (draw, { sender }) => raw(blobOf(sender, draw.below(NAMES))),
  (draw, { sender }) => raw(`${markOf(sender)}${'x'.repeat(draw.pick([1_000, 300_000]))}`),
  (draw) => raw(drawBytes(draw, draw.below(2_000))),
  (draw, request) => own(encode(drawKeys(draw, request))),
  (draw, request) => own(encode(drawKeys(draw, request))),
  (draw) => own(encode(Array.from({ length: draw.pick([1_001, 30_000]) }, (_, n) => keyOf(n)))),
  (draw, request) => own(encode(drawDigests(draw, request))),
  (draw, request) => own(framesOf(drawEntries(draw, request))),
  (draw, request) => own(framesOf(drawEntries(draw, request))),
  (draw, { sender }) => own(sender.writer.seal(Buffer.from(`${markOf(sender)} ${draw.below(3)}`))),
  (draw) => own(encode(drawValue(draw))),
  (draw) => own(framesOf(Array.from({ length: 1 + draw.below(4) }, () => drawValue(draw)))),
  (draw) =>
    own(Buffer.concat([lengthOf(draw.pick([2 ** 32 - 1, 2 ** 31, 1, 0])), Buffer.alloc(9)])),
  (draw) =>
    own(Buffer.concat([lengthOf(6_001), Buffer.alloc(6_000, draw.pick([0x81, 0xc0])), NULL])),
  (draw) => own(Buffer.from([draw.pick([0x9b, 0x5b, 0x7b, 0xbb, 0xdb]), ...Buffer.alloc(8, 0xff)])),
  (draw) => own(Buffer.alloc(draw.pick([999, 1_001, 200_000]), 0x81)),
  (draw) =>
    json({ publicKey: drawBytes(draw, draw.pick([0, 31, 32, 33, 5_000])).toString('base64') }),
  (draw) => json({ who: hex(`writer ${draw.below(100)}`) }),
  (draw) => json(draw.pick([null, [], 1, 'x', { who: [] }, { who: 'trusted' }, { who: '../x' }])),
  (draw) =>
    json(Object.fromEntries([[draw.pick(['__proto__', 'publicKey', 'a']), drawText(draw)]])),
  (draw) => text(draw.pick(['[', '{']).repeat(50_000)),
  () => raw(gzipSync(Buffer.alloc(1_000_000))),
];

const NULL = Buffer.from([0xf6]);

/** Some that are there, for some; some that are nowhere. */
function drawKeys(draw: Draw, { tenants }: BodyRequest): readonly string[] {
  return Array.from({ length: 1 + draw.below(20) }, () => key(draw, tenants));
}

function drawDigests(draw: Draw, { tenants }: BodyRequest): readonly string[] {
  return Array.from({ length: 1 + draw.below(20) }, () => digest(draw, tenants));
}

function drawEntries(draw: Draw, { sender, tenants }: BodyRequest): readonly unknown[] {
  return Array.from({ length: 1 + draw.below(6) }, () => {
    const content = new TextEncoder().encode(`${markOf(sender)} entry ${draw.below(3)}`);
    const bytes = draw.chance(0.5) ? sealed(draw, sender) : content;
    return [key(draw, tenants), draw.chance(0.1) ? '../id' : id(draw, tenants), bytes];
  });
}

function drawValue(draw: Draw, depth = 0): unknown {
  if (depth < 6 && draw.chance(0.5)) {
    return Array.from({ length: draw.below(5) }, () => drawValue(draw, depth + 1));
  }
  return draw.pick<unknown>([
    null,
    undefined,
    -0,
    2 ** 60,
    10n ** 40n,
    drawText(draw),
    drawBytes(draw, draw.below(80)),
    new Map([[{}, new Set([1])]]),
    new Date(Number.NaN),
    /x/,
    { __proto__: null, constructor: 1 },
    new Error('x'),
  ]);
}

/** Cut off, with more behind it, or with a bit flipped. */
export function damage(draw: Draw, bytes: Buffer): Buffer {
  const at = draw.below(bytes.length + 1);
  if (draw.chance(0.4)) return bytes.subarray(0, at);
  if (draw.chance(0.3)) return Buffer.concat([bytes, drawBytes(draw, 1 + draw.below(50))]);
  const flipped = Buffer.from(bytes);
  if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << draw.below(8));
  return flipped;
}

function drawBytes(draw: Draw, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => draw.below(256)));
}

function drawText(draw: Draw): string {
  return drawBytes(draw, draw.below(30)).toString('latin1');
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}
