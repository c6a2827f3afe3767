import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Draw } from './crash/draw.ts';
import { drawBody } from './fuzz/body.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { ESCAPE, drawTarget } from './fuzz/target.ts';
import { forbiddenTo, storeTreasure, treasureOf, type Tenant } from './fuzz/tenant.ts';
import { CacheServer } from './support/cache-server.ts';
import { childrenOf, unwatchable, type KnownProcess } from './support/processes.ts';
import { useSandbox } from './support/suite.ts';
import { lookAround, namesAbove } from './support/surroundings.ts';
import { Wire } from './support/wire.ts';
import { Writer } from './support/writer.ts';

/** The same each time; a failure names the number of its request: its own seed. */
const SEED = 20_261_124;
const REQUESTS = 3_000;
const FETCHES = 400;
const LANES = 16;
const MEBIBYTE = 1 << 20;
/** Far more than the server needs, and far less than what the requests claim to have. */
const MEMORY = 400 * MEBIBYTE;

const scopes: Readonly<Record<string, readonly string[]>> = {
  trusted: ['trusted'],
  'pr/1': ['pr/1', 'trusted'],
  'dev/eve': ['dev/eve', 'trusted'],
};

describe(`fuzzed requests, seed ${SEED}`, () => {
  const sandbox = useSandbox({ folders: [] });
  let server: CacheServer;
  let tenants: [Tenant, ...Tenant[]];
  let before: { readonly around: readonly string[]; readonly serving: readonly KnownProcess[] };

  beforeAll(async () => {
    const place = join(sandbox.folder, 'server');
    const temporary = join(sandbox.folder, 'temporary');
    for (const folder of [place, temporary]) await mkdir(folder);
    const variables = { TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: '1' };
    server = await CacheServer.start(sandbox, { data: join(place, 'cache'), variables });
    const made: Tenant[] = [];
    for (const [scope, reads] of Object.entries(scopes)) {
      const token = await server.token(scope);
      const tenant = { scope, reads, token, writer: new Writer() };
      await storeTreasure(tenant, new Wire(server.address, token));
      made.push(tenant);
    }
    const [first, ...rest] = made;
    if (first === undefined) throw new Error('there are no tenants');
    tenants = [first, ...rest];
    const around = await lookAround(sandbox.folder, server.data);
    before = { around, serving: childrenOf(server.pid) };
  });
  afterAll(async () => await server?.[Symbol.asyncDispose]());

  /** Nothing outside the data has changed, and the process that serves is the one it was. */
  async function checkUnharmed(): Promise<void> {
    expect(childrenOf(server.pid)).toEqual(before.serving);
    for (const { pid } of before.serving) expect(peakOf(pid)).toBeLessThan(MEMORY);
    expect(await lookAround(sandbox.folder, server.data)).toEqual(before.around);
    expect(await namesAbove(server.data, ESCAPE)).toEqual([]);
  }

  /** Each has what is its own, and nobody has another's. */
  async function checkTreasures(): Promise<void> {
    for (const asking of tenants) {
      const wire = new Wire(server.address, asking.token);
      for (const owner of tenants) {
        const isReadable = asking.reads.includes(owner.scope);
        const { text, nx, key, digest } = treasureOf(owner);
        // Under the names of others there may be something of its own by now.
        if (owner === asking) expect(await wire.getNx(nx)).toBe(text);
        if (!isReadable) expect(await wire.getNx(nx)).not.toBe(text);
        expect(await wire.getBlob(digest)).toBe(isReadable ? text : 404);
        expect(await wire.hasBlobs([digest])).toEqual(isReadable ? [digest] : []);
        const found = await wire.find([key]);
        expect(found.some(({ scope }) => scope === owner.scope)).toBe(isReadable);
      }
    }
  }

  test(`${REQUESTS} through raw sockets: no 5xx, no crash, no leak, no write outside`, async () => {
    const { hostname: host, port } = new URL(server.address);
    const plan = { host, port: Number(port), tenants, seed: SEED };
    const report = await fuzz({ ...plan, requests: REQUESTS, lanes: LANES });
    expect(report.breaches).toEqual([]);
    // The fuzz gets somewhere: requests are taken, found, missed and refused.
    const answered = Object.keys(report.statuses).map(Number);
    expect(answered).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 405, 409]));
    await checkUnharmed();
  });

  test(`${FETCHES} through fetch: the same`, async () => {
    const breaches: string[] = [];
    for (let number = 0; number < FETCHES; number += 1) {
      const draw = new Draw(SEED + REQUESTS + number);
      const sender = draw.pick(tenants);
      const { type, bytes } = drawBody(draw, { sender, tenants });
      const url = URL.parse(drawTarget(draw, tenants), server.address);
      if (url === null || url.host !== new URL(server.address).host) continue;
      const method = draw.pick(['PUT', 'POST', 'GET', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS']);
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        headers: { authorization: `Bearer ${sender.token}`, 'content-type': type },
        ...(hasBody ? { body: new Blob([new Uint8Array(bytes)]).stream(), duplex: 'half' } : {}),
      });
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
      const leaked = forbiddenTo([sender], tenants).filter((one) => text.includes(one.text));
      if (response.status >= 500 || leaked.length > 0) {
        const what = leaked.map(({ scope }) => scope).join();
        breaches.push(
          `${SEED + REQUESTS + number}: ${method} ${url.href} ${response.status} ${what}`,
        );
      }
    }
    expect(breaches).toEqual([]);
    await checkUnharmed();
  });

  test('afterwards the server serves everyone what is his, and nobody what is not', async () => {
    const health = await fetch(`${server.address}/health`);
    expect(health.status).toBe(200);
    await checkTreasures();
    await checkUnharmed();
  });
});

/** The most resident memory that a process ever had, in bytes. */
function peakOf(pid: number): number {
  if (unwatchable !== undefined) return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
