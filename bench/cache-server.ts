import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { rawPublicKey } from '@skein/store';
import { ClientProcess } from './client-process.ts';
import { putIntoDocument } from './document.ts';
import { loadRow, type LoadRow } from './load-row.ts';
import { renderLoad, renderLoadMarkdown, type ServerMemory } from './load-table.ts';
import type { Phase, Share } from './load.ts';
import { describeMachine, thisMachine } from './machine.ts';
import { measuredEnvironment } from './place.ts';
import { Served, createToken } from './served.ts';

/*
 * A cache server under load: 32 clients in four processes, twenty thousand small entries, one
 * artifact of a gigabyte. Not a part of `npm run bench`: it has no peer.
 */

const root = dirname(import.meta.dirname);
const say = (line: string) => void process.stderr.write(`${line}\n`);

const PROCESSES = 4;
const CLIENTS_EACH = 8;
const CLIENTS = PROCESSES * CLIENTS_EACH;
const GIGABYTE = 1e9;
const LOOKED_UP = 10_000;
const REQUESTS = 10;

/** How much of everything; `quick` tells whether it works, not how fast. */
interface Amounts {
  readonly entries: number;
  readonly small: number;
  readonly largeBytes: number;
  readonly lookedUp: number;
}

const full: Amounts = {
  entries: 20_000,
  small: 6_400,
  largeBytes: GIGABYTE,
  lookedUp: LOOKED_UP,
};
const quick: Amounts = { entries: 1_280, small: 320, largeBytes: GIGABYTE / 50, lookedUp: 640 };

interface Plan {
  readonly work: string;
  readonly phase: Phase;
  /** How many processes take part. */
  readonly processes: number;
}

function smallPlans({ entries, small }: Amounts): readonly Plan[] {
  const each = Math.ceil(entries / CLIENTS);
  const fewer = Math.ceil(small / CLIENTS);
  const all = (work: string, phase: Phase): Plan => ({ work, phase, processes: PROCESSES });
  return [
    all('entries put, 50 a request', { kind: 'entries put', count: each, perRequest: 50 }),
    all('entries found, 1 a request', { kind: 'entries found', count: fewer, perRequest: 1 }),
    all('entries found, 100 a request', { kind: 'entries found', count: each, perRequest: 100 }),
    all('blobs of 4 KiB put', { kind: 'blobs put', count: fewer, perRequest: 1 }),
    all('blobs of 4 KiB got', { kind: 'blobs got', count: fewer, perRequest: 1 }),
    all('artifacts of Nx put, 4 KiB', { kind: 'artifacts of Nx put', count: fewer, perRequest: 1 }),
    all('artifacts of Nx got, 4 KiB', { kind: 'artifacts of Nx got', count: fewer, perRequest: 1 }),
  ];
}

/** By one client: what `skein run` asks first, as many keys a request as the server takes. */
function lookUpPlan({ lookedUp }: Amounts, perRequest: number): Plan {
  const phase = { kind: 'entries found', count: lookedUp, perRequest } as const;
  const work = `${lookedUp.toLocaleString('en-US')} keys looked up, ${perRequest} a request`;
  return { work, phase: { ...phase, clients: 1, ofClients: CLIENTS }, processes: 1 };
}

function largePlans({ largeBytes }: Amounts): readonly Plan[] {
  const size = `${(largeBytes / GIGABYTE).toLocaleString('en-US')} GB`;
  const one = (work: string, kind: Phase['kind']): Plan => {
    return { work, phase: { kind, count: 1, perRequest: 1, clients: 1 }, processes: 1 };
  };
  return [one(`${size} up`, 'large blob put'), one(`${size} down`, 'large blob got')];
}

async function main(flags: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...flags],
    options: { quick: { type: 'boolean' }, document: { type: 'boolean' } },
  });
  const machine = describeMachine(thisMachine());
  say(machine);
  const folder = await mkdtemp(join(tmpdir(), 'skein-bench-'));
  try {
    const { rows, memory } = await measure(folder, values.quick === true ? quick : full);
    process.stdout.write(`${machine}\n\n${renderLoad(rows, memory)}\n`);
    await keep(rows, memory);
    if (values.document === true) {
      await document(`${machine}.\n\n${renderLoadMarkdown(rows, memory)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Measured {
  readonly rows: readonly LoadRow[];
  readonly memory: ServerMemory;
}

async function measure(folder: string, amounts: Amounts): Promise<Measured> {
  const place = { root, environment: measuredEnvironment(process.env, process.execPath) };
  const data = join(folder, 'data');
  await using server = await Served.start(place, data);
  const token = await createToken(place, data);
  await using processes = await startClients({ url: server.url, token, folder, amounts });
  const rows: LoadRow[] = [];
  const work = async (plans: readonly Plan[]): Promise<void> => {
    for (const plan of plans) {
      const row = await workOn(plan, processes.all);
      say(`  ${row.work}: ${Math.round(row.wallMs)} ms`);
      rows.push(row);
    }
  };
  const beforeBytes = server.memory('now');
  await work(smallPlans(amounts));
  const perRequest = await keysPerRequest(server.url, token);
  const lookUp = lookUpPlan(amounts, perRequest);
  await work([lookUp]);
  const requests = rows.at(-1)?.requests ?? 0;
  if (requests > REQUESTS) throw new Error(`"${lookUp.work}" took ${requests} requests`);
  const peakSmallBytes = server.memory('most');
  await work(largePlans(amounts));
  return { rows, memory: { beforeBytes, peakSmallBytes, peakBytes: server.memory('most') } };
}

interface Start {
  readonly url: string;
  readonly token: string;
  readonly folder: string;
  readonly amounts: Amounts;
}

interface Clients extends AsyncDisposable {
  readonly all: readonly ClientProcess[];
}

async function startClients({ url, token, folder, amounts }: Start): Promise<Clients> {
  const publicKey = [...(rawPublicKey(generateKeyPairSync('ed25519').publicKey) ?? [])];
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const sizes = { entry: 600, small: 4_096, large: amounts.largeBytes };
  const all: ClientProcess[] = [];
  const end = async (): Promise<void> => {
    for (const one of all) await one[Symbol.asyncDispose]();
  };
  try {
    for (let first = 0; first < CLIENTS; first += CLIENTS_EACH) {
      const clients = Array.from({ length: CLIENTS_EACH }, (_, index) => first + index);
      all.push(await ClientProcess.start({ url, token, publicKey, clients, scratch, sizes }));
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { all, [Symbol.asyncDispose]: end };
}

async function workOn(plan: Plan, all: readonly ClientProcess[]): Promise<LoadRow> {
  const working = all.slice(0, plan.processes);
  const shares: Share[] = (await Promise.all(working.map((one) => one.work(plan.phase)))).flat();
  return loadRow(plan.work, { shares, things: shares.length * plan.phase.count });
}

async function keysPerRequest(url: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/skein/v1/greeting`, { headers });
  const { limits } = (await response.json()) as { limits: { keys: number } };
  return limits.keys;
}

async function keep(rows: readonly LoadRow[], memory: ServerMemory): Promise<void> {
  const file = join(root, 'bench', 'results', 'cache-server.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify([...rows, memory], null, 2)}\n`);
}

async function document(text: string): Promise<void> {
  const file = join(root, 'docs', 'BENCHMARKS.md');
  const before = await readFile(file, 'utf8');
  await writeFile(file, putIntoDocument(before, `\n${text}\n`, 'cache server'));
}

await main(process.argv.slice(2));
