import type { Draw } from '../crash/draw.ts';
import { drawAsk, type Body } from './ask.ts';
import { damage, drawBody } from './body.ts';
import { drawTarget, drawText, mutateTarget } from './target.ts';
import type { Tenant } from './tenant.ts';

/** A request as it goes over the wire. */
export interface FuzzedRequest {
  readonly bytes: Buffer;
  /** It promises more than it has. */
  readonly ends: boolean;
  /** Whose tokens it shows. */
  readonly carried: readonly Tenant[];
}

type Tenants = readonly [Tenant, ...Tenant[]];
type Header = readonly [name: string, value: string];

/** Anything that could arrive at the port of a server. */
export function drawRequest(draw: Draw, tenants: Tenants): FuzzedRequest {
  if (draw.chance(0.02)) return drawNoise(draw);
  return draw.chance(0.4) ? drawSlip(draw, tenants) : drawWild(draw, tenants);
}

/** What a client asks, with one thing wrong at most. */
function drawSlip(draw: Draw, tenants: Tenants): FuzzedRequest {
  const slip = draw.below(8);
  const { headers: authorization, carried } =
    slip === 0 ? drawAuthorization(draw, tenants) : bearing(draw.pick(tenants));
  // Of two tokens the first counts; with none that is valid nothing is stored.
  const [sender = draw.pick(tenants)] = carried;
  const ask = drawAsk(draw, { sender, tenants });
  const body = slip === 1 ? { ...ask.body, bytes: damage(draw, ask.body.bytes) } : ask.body;
  const framing = slip === 2 ? drawFraming(draw, body) : honestly(body);
  const headers: Header[] = [
    ['Host', '127.0.0.1'],
    ...authorization,
    ...(body.type === '' ? [] : [['Content-Type', body.type] as const]),
    ...framing.headers,
    ...(slip === 3 ? draw.pick(oddHeaders)(draw) : []),
    ['Connection', 'close'],
  ];
  const method = slip === 4 ? drawMethod(draw) : ask.method;
  const target = slip === 5 ? mutateTarget(draw, ask.target) : ask.target;
  const head = headOf(`${method} ${target} HTTP/1.1`, headers);
  return { bytes: Buffer.concat([head, framing.bytes]), ends: framing.ends, carried };
}

/** Nothing fits anything. */
function drawWild(draw: Draw, tenants: Tenants): FuzzedRequest {
  const { headers: authorization, carried } = drawAuthorization(draw, tenants);
  const sender = carried[0];
  const body = sender === undefined ? nothing : drawBody(draw, { sender, tenants });
  const framing = drawFraming(draw, body);
  const headers: Header[] = [
    ['Host', draw.chance(0.9) ? '127.0.0.1' : draw.pick(['', 'evil.example', '::', 'a b', '%'])],
    ...authorization,
    ...(body.type === '' ? [] : [['Content-Type', body.type] as const]),
    ...framing.headers,
    ...(draw.chance(0.25) ? draw.pick(oddHeaders)(draw) : []),
    ...(draw.chance(0.9) ? [['Connection', 'close'] as const] : []),
  ];
  const ordered = draw.chance(0.05) ? headers.toReversed() : headers;
  const line = `${drawMethod(draw)} ${drawTarget(draw, tenants)} ${drawVersion(draw)}`;
  const head = headOf(line, ordered, draw.chance(0.98) ? '\r\n' : '\n');
  return { bytes: Buffer.concat([head, framing.bytes]), ends: framing.ends, carried };
}

function headOf(line: string, headers: readonly Header[], end = '\r\n'): Buffer {
  const lines = [line, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.from(lines.join(end), 'latin1');
}

const nothing: Body = { type: '', bytes: Buffer.alloc(0) };

function drawNoise(draw: Draw): FuzzedRequest {
  const text = draw.pick([
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'GET /health\r\n\r\n',
    '\r\n\r\n\r\n',
    'GET /health HTTP/1.1\r\n',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    drawText(draw, draw.below(400)),
  ]);
  return { bytes: Buffer.from(text, 'latin1'), ends: true, carried: [] };
}

function drawMethod(draw: Draw): string {
  const usual = draw.pick(['GET', 'GET', 'PUT', 'PUT', 'POST', 'POST', 'HEAD']);
  if (draw.chance(0.85)) return usual;
  const odd = ['DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'PROPFIND', 'PURGE'] as const;
  const wrong = [
    'get',
    'G\0T',
    'FOO',
    'GET\t',
    'P'.repeat(5_000),
    '',
    'M-SEARCH',
    'SOURCE',
  ] as const;
  return draw.pick([...odd, ...wrong]);
}

function drawVersion(draw: Draw): string {
  if (draw.chance(0.97)) return 'HTTP/1.1';
  return draw.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'HTTP/1.1x', 'http/1.1', '']);
}

interface Authorization {
  readonly headers: readonly Header[];
  readonly carried: readonly Tenant[];
}

function bearing(...carried: readonly Tenant[]): Authorization {
  const headers = carried.map(({ token }): Header => ['Authorization', `Bearer ${token}`]);
  return { headers, carried };
}

function drawAuthorization(draw: Draw, tenants: Tenants): Authorization {
  const [one, other] = [draw.pick(tenants), draw.pick(tenants)];
  const none = (value: string): Authorization => {
    return { headers: [['Authorization', value]], carried: [] };
  };
  if (draw.chance(0.8)) return bearing(one);
  if (draw.chance(0.3)) return bearing(one, other);
  return draw.pick([
    { headers: [], carried: [] },
    none(`Bearer ${one.token.slice(0, -1)}`),
    none(`Bearer ${one.token.slice(0, -1)}!`),
    none(`Bearer ${one.token.split('').toReversed().join('')}`),
    none(`Basic ${Buffer.from(`x:${one.scope}`).toString('base64')}`),
    none('Bearer'),
    none('Bearer '),
    none(`Bearer ${'a'.repeat(10_000)}`),
    none(`Bearer ${drawText(draw, 40)}`),
    none(`Bearer undefined`),
    none(`Bearer ../../${one.scope}`),
    { headers: [['authorization', `bearer  ${one.token} `]], carried: [one] },
    { headers: [['X-Authorization', `Bearer ${one.token}`]], carried: [one] },
  ]);
}

interface Framing {
  readonly headers: readonly Header[];
  readonly bytes: Buffer;
  readonly ends: boolean;
}

function honestly({ type, bytes }: Body): Framing {
  const isBare = type === '' && bytes.length === 0;
  const headers: Header[] = isBare ? [] : [['Content-Length', String(bytes.length)]];
  return { headers, bytes, ends: false };
}

/** How the body's length is told: rightly three times in four. */
function drawFraming(draw: Draw, body: Body): Framing {
  const { bytes } = body;
  const length = (value: string | number): Header => ['Content-Length', String(value)];
  const chunked: Header = ['Transfer-Encoding', 'chunked'];
  if (draw.chance(0.65)) return honestly(body);
  if (draw.chance(0.3)) return { headers: [chunked], bytes: chunksOf(draw, bytes), ends: false };
  const lie = draw.pick([
    '',
    '0x10',
    '-1',
    '1e3',
    '1, 1',
    ' ',
    '99999999999999999999',
    'abc',
    '+5',
  ]);
  const encoding = draw.pick([
    'gzip, chunked',
    'identity',
    'chunked, chunked',
    'xchunked',
    '\x0bchunked',
  ]);
  return draw.pick<Framing>([
    { headers: [], bytes, ends: false },
    { headers: [length(bytes.length + 1 + draw.below(100))], bytes, ends: true },
    { headers: [length(10 ** draw.pick([9, 12, 15]))], bytes, ends: true },
    { headers: [length(Math.max(0, bytes.length - 3))], bytes, ends: false },
    { headers: [length(lie)], bytes, ends: true },
    { headers: [length(bytes.length), length(bytes.length + 1)], bytes, ends: true },
    { headers: [length(bytes.length), chunked], bytes: chunksOf(draw, bytes), ends: true },
    { headers: [['Transfer-Encoding', encoding]], bytes: chunksOf(draw, bytes), ends: true },
    { headers: [chunked], bytes: lyingChunks(draw, bytes), ends: true },
    { headers: [length(bytes.length), ['Expect', '100-continue']], bytes, ends: false },
  ]);
}

function chunksOf(draw: Draw, bytes: Buffer): Buffer {
  const cut = draw.below(bytes.length + 1);
  const parts = [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
  const chunks = parts.flatMap((part) => [`${part.length.toString(16)}\r\n`, part, '\r\n']);
  return Buffer.concat([...chunks, '0\r\n\r\n'].map((part) => Buffer.from(part)));
}

function lyingChunks(draw: Draw, bytes: Buffer): Buffer {
  const size = draw.pick([
    'ffffffffffffffff',
    '-1',
    'zz',
    '',
    'fffffff',
    '0x5',
    '5;a=b',
    '1 1',
    '00',
  ]);
  return Buffer.concat([Buffer.from(`${size}\r\n`), bytes, Buffer.from('\r\n')]);
}

const oddHeaders: readonly [DrawHeaders, ...DrawHeaders[]] = [
  (draw) => [
    ['Range', draw.pick(['bytes=0-1', 'bytes=-5', 'bytes=9-1', 'bytes=0-,0-,0-', 'x', ''])],
  ],
  (draw) => [['Expect', draw.pick(['100-continue', 'garbage', ''])]],
  (draw) => [['X-Large', 'a'.repeat(draw.pick([1_000, 8_000, 20_000, 100_000]))]],
  (draw) => Array.from({ length: draw.pick([50, 500, 3_000]) }, (_, n): Header => [`X-${n}`, 'y']),
  (draw) => [[drawText(draw, 5), drawText(draw, 20)]],
  (draw) => [['X-Any', drawText(draw, 100)]],
  () => [['Upgrade', 'websocket']],
  () => [['Upgrade', 'h2c']],
  () => [['Accept-Encoding', 'gzip, br, zstd']],
  (draw) => [['Content-Encoding', draw.pick(['gzip', 'zstd', 'br', 'x'])]],
  () => [['X-HTTP-Method-Override', 'DELETE']],
  () => [
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Original-URL', '/skein/v1/entries'],
  ],
  () => [
    ['If-None-Match', '*'],
    ['If-Modified-Since', 'never'],
  ],
  () => [
    ['Trailer', 'Authorization'],
    ['TE', 'trailers'],
  ],
  () => [['Host', 'second.example']],
  () => [['', 'no name']],
  () => [['Cookie', '__proto__=1; scope=trusted']],
  () => [['X-Folded', 'a\r\n b']],
  () => [['Keep-Alive', 'timeout=999999']],
];

type DrawHeaders = (draw: Draw) => readonly Header[];
