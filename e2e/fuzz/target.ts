import type { Draw } from '../crash/draw.ts';
import { digest, id, key, nxName } from './ask.ts';
import type { Tenant } from './tenant.ts';

/** A file of this name anywhere would be one that a request wrote where it must not. */
export const ESCAPE = 'skein-escape';

/** What a request asks for: latin1, so that any byte can be in it. */
export function drawTarget(draw: Draw, tenants: readonly [Tenant, ...Tenant[]]): string {
  const target = drawRoute(draw, tenants);
  return draw.chance(0.3) ? mutateTarget(draw, target) : target;
}

type DrawPath = (draw: Draw, tenants: readonly [Tenant, ...Tenant[]]) => string;

const routes: readonly [DrawPath, ...DrawPath[]] = [
  (draw, tenants) => `/v1/cache/${drawName(draw, nxName(draw, tenants))}`,
  (draw, tenants) => `/v1/cache/${nxName(draw, tenants)}`,
  (draw, tenants) => `/skein/v1/blobs/${drawName(draw, digest(draw, tenants))}`,
  (draw, tenants) => `/skein/v1/blobs/${digest(draw, tenants)}`,
  (draw, tenants) => `/skein/v1/traces/${key(draw, tenants)}/${drawName(draw, id(draw, tenants))}`,
  (draw, tenants) => `/skein/v1/traces/${drawName(draw, key(draw, tenants))}/${id(draw, tenants)}`,
  (draw, tenants) => `/skein/v1/traces/${key(draw, tenants)}/${id(draw, tenants)}`,
  () => '/skein/v1/traces/find',
  () => '/skein/v1/traces/find',
  () => '/skein/v1/traces',
  () => '/skein/v1/traces',
  () => '/skein/v1/blobs/find',
  () => '/skein/v1/writers',
  (draw) => `/skein/v1/${draw.pick(['greeting', 'entries', 'stats', 'revoke', 'gc', 'verify'])}`,
  (draw) => draw.pick(['/', '', '*', '//', '/health', '/metrics', '/skein', '/v1/cache/', '/v1']),
  (draw) => `/${drawText(draw, 1 + draw.below(40))}`,
];

const drawRoute: DrawPath = (draw, tenants) => draw.pick(routes)(draw, tenants);

/** Names that lead out of a folder, into another's, or that a file system does not take. */
function drawName(draw: Draw, honest: string): string {
  const up = draw.pick([
    '../',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%2f',
    '%252e%252e%252f',
    '..\\',
    '..%5c',
  ]);
  const scope = draw.pick(['trusted', 'pr/1', 'pr%2f1', 'dev/eve', 'dev%2Feve', '%70r/1']);
  return draw.pick([
    honest,
    `${up.repeat(1 + draw.below(12))}${ESCAPE}-${draw.below(1_000)}`,
    `${up.repeat(1 + draw.below(8))}${scope}/${honest}`,
    `${up}${honest}`,
    `${scope}/${honest}`,
    `${honest}%00`,
    `${honest}%00.txt`,
    `${honest}\0`,
    `${honest}/${honest}`,
    `/etc/passwd`,
    `%2fetc%2fpasswd`,
    `%2f${ESCAPE}`,
    honest.toUpperCase(),
    `${honest}%0d%0aset-cookie:a=b`,
    honest.slice(0, draw.below(honest.length)),
    honest.replace(/[0-9a-f]/, (digit) => `%${digit.charCodeAt(0).toString(16)}`),
    'a'.repeat(draw.pick([64, 65, 255, 256, 4_096, 20_000])),
    draw.pick(['.', '..', '...', '%2e', '%', '%zz', '%E0%A4%A', '%c0%ae%c0%ae', '%u002e', '', ' ']),
    draw.pick([
      'con',
      'nul',
      '-',
      '--help',
      '~',
      '$HOME',
      '`id`',
      '*',
      '?',
      '#',
      ';',
      'tmp',
      '.lock',
    ]),
    draw.pick(['\u00e4', '%F0%9F%92%A9', '%ed%a0%80', '\xff\xfe', '%e2%80%ae', 'ſ', '\x7f', '%7f']),
    draw.pick(['__proto__', 'constructor', 'toString', 'undefined', 'null', 'NaN', '-1', '1e999']),
    `${'9'.repeat(64)}-${'9'.repeat(draw.pick([1, 15, 16, 17, 400]))}`,
    `${honest}?scope=trusted`,
    `${honest}#${honest}`,
    drawText(draw, 1 + draw.below(80)),
  ]);
}

/** The same target in a form that some server somewhere was once confused by. */
export function mutateTarget(draw: Draw, target: string): string {
  const at = draw.below(target.length + 1);
  return draw.pick([
    `http://evil.example${target}`,
    `http://127.0.0.1:1${target}`,
    `https://user:pass@[::1]${target}`,
    `//evil.example${target}`,
    `http://${target}`,
    `file://${target}`,
    `${target}/`,
    `/${target}`,
    `/.${target}`,
    `/skein/..${target}`,
    `${target}?${'a=b&'.repeat(draw.below(500))}`,
    `${target}?token=x&scope=trusted&mode=write`,
    `${target}#fragment`,
    `${target};jsessionid=1`,
    target.replaceAll('/', '%2f'),
    target.toUpperCase(),
    `${target.slice(0, at)}${drawText(draw, 1)}${target.slice(at)}`,
    `${target.slice(0, at)}${target.slice(at + 1)}`,
    target.slice(0, at),
  ]);
}

/** Any bytes but those that end a line. */
export function drawText(draw: Draw, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(draw.below(256)))
    .join('')
    .replaceAll(/[\r\n ]/g, '_');
}
