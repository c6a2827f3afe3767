/** A module whose tasks look at the world: plain JavaScript, as a bundler would leave it. */
export const OBSERVING = String.raw`
import fs from 'node:fs';
import {
  createReadStream, existsSync, readdirSync, readFileSync, writeFileSync,
} from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { context, environment, File, map } from 'skein';
import { read as readByPackage } from 'skein-package:node_modules/keeper/index.mjs';
import { read as readThrough } from 'skein-package:node_modules/fs-extra/index.mjs';

const env = environment({ name: 'test' });
const soon = () => new Promise((resolve) => setImmediate(resolve));

const double = env.task(async (n) => n * 2);
const nothing = env.task(async () => 1);
const looking = env.task(async () => {
  readFileSync('data/a.txt');
  existsSync('data/none');
  try { readFileSync('data/gone.txt'); } catch {}
  readdirSync('data');
  readFileSync('data/a.txt', 'utf8');
});
const betweenCalls = env.task(async () => {
  const n = Number(await readFile('data/one.txt', 'utf8'));
  const m = await double(n);
  await text(createReadStream('data/a.txt'));
  await double(m);
});
const handing = env.task(async () => await (await File.from('data/a.txt')).text());

const dated = env.task(async () => Date.now() > 0);
const random = env.task(async () => Math.random() >= 0);
const caught = env.task(async (what) => {
  try {
    if (what === 'clock') Date.now();
    if (what === 'write') writeFileSync('out/strict.txt', 'x');
    if (what === 'context') context().run;
    if (what === 'variable') process.env.A = '1';
    if (what === 'open-call') void double(1);
  } catch {}
  await soon();
  return 'went on';
});

let kept;
const remember = env.task(async () => (kept ??= readFileSync('data/a.txt', 'utf8')));
const recall = env.task(async () => kept ?? 'nothing');
let streamed;
const rememberStream = env.task(async () => {
  streamed ??= text(createReadStream('data/large.txt'));
  return (await streamed).length;
});
let called;
const memoised = env.task(async () => await (called ??= double(21)));
let mapped;
const memoisedMap = env.task(async () => (await (mapped ??= map(double, [1, 2]))).length);
let variable;
const rememberVariable = env.task(async () => (variable ??= process.env.MODEL));
let left;
const leaves = env.task(async () => { void (left ??= double(1)); return 'left'; });
const awaitsLeft = env.task(async () => {
  try { return await left; } catch (error) { return error.constructor.name; }
});

let timer;
const leaveTimer = env.task(async () => {
  timer = soon().then(() => double(1)).then(() => 'made', (error) => error.failure.code);
});
const readTimer = env.task(async () => await timer);

const names = [];
const batch = Promise.withResolvers();
const load = async (name) => {
  names.push(name);
  if (names.length === 3) {
    const read = (it) => [it, readFileSync('data/' + it, 'utf8')];
    batch.resolve(Object.fromEntries(names.map(read)));
  }
  return (await batch.promise)[name];
};
const loading = env.task(async (name) => await load(name));

const writing = env.task(async () => { writeFileSync('out/b.txt', 'b'); return 'written'; });
const scratching = env.task(async () => {
  const path = join(context().scratch, 'a.txt');
  writeFileSync(path, 'a');
  return readFileSync(path, 'utf8');
});
const leaving = env.task(async (name) => {
  writeFileSync(join(process.env.TMPDIR, name), 'x');
  if (name.startsWith('gone')) fs.rmSync(join(process.env.TMPDIR, name));
  return 1;
});
const finding = env.task(async (name) => existsSync(join(process.env.TMPDIR, name)));
const namesScratch = env.task(async (size) => ['x'.repeat(size), context().scratch]);
const byPackage = env.task(async () => readByPackage('data/kept.txt'));
const through = env.task(async () => readThrough('data/passed.txt'));

const ways = [
  async (path) => readFileSync(path, 'utf8'),
  (path) => new Promise((resolve, reject) =>
    fs.readFile(path, 'utf8', (error, data) => (error ? reject(error) : resolve(data)))),
  async (path) => await readFile(path, 'utf8'),
  async (path) => {
    const file = await open(path);
    try { return await file.readFile('utf8'); } finally { await file.close(); }
  },
  async (path) => {
    const buffer = Buffer.alloc(100);
    const file = fs.openSync(path);
    await soon();
    const size = fs.readSync(file, buffer);
    fs.closeSync(file);
    return buffer.toString('utf8', 0, size);
  },
  async (path) => await text(createReadStream(path, { highWaterMark: 3 })),
  async (path) => {
    let all = '';
    for await (const line of createInterface({ input: createReadStream(path) })) all += line;
    return all;
  },
];
const mixing = env.task(async (index) => {
  await soon();
  const got = await ways[index % ways.length]('data/many/' + index);
  await soon();
  return got;
});
`;

/** A module that looks at the world while it is loaded. */
export const LOADING = String.raw`
import { readFileSync } from 'node:fs';
import { environment } from 'skein';
const env = environment({ name: 'test' });
const config = readFileSync('data/config.json', 'utf8');
const model = process.env.MODEL;
process.env.SET_UP = 'yes';
const double = env.task(async (n) => n * 2);
const configured = env.task(async () => [config, model, process.env.SET_UP]);
const fromTimer = new Promise((resolve) => {
  setTimeout(() => {
    double(1).then(() => resolve('made'), ({ failure }) => resolve(failure.code));
  }, 0);
});
const timed = env.task(async () => await fromTimer);
`;

/** A module that is irreproducible from the start. */
export const IMPURE = String.raw`
import { writeFileSync } from 'node:fs';
import { environment } from 'skein';
const env = environment({ name: 'test' });
const began = Date.now();
try { writeFileSync('out/cache', ''); } catch {}
const since = env.task(async () => began > 0);
`;

/** Names of what a module binds at its top level. */
export function namesIn(source: string): readonly string[] {
  return [...source.matchAll(/^const (\w+) = env\.task/gm)].map(([, name]) => name ?? '');
}
