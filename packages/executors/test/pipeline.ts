/** The module that conformance tests run: plain JavaScript, as a bundler would leave it. */
export const SOURCE = String.raw`
import { existsSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  context, Dir, environment, EncodingError, File, group, map, NonRecoverableError,
} from 'skein';

const meta0 = globalThis[Symbol.for('skein.meta')]('src/main.ts');
const env = environment({ name: 'test' });
const soon = () => new Promise((resolve) => setImmediate(resolve));

class ParseError extends Error {
  constructor(message, line, options) {
    super(message, options);
    this.line = line;
  }
  get name() { return 'ParseError'; }
}

const echo = env.task(async (value) => value);
const double = env.task(async (n) => n * 2);
const defaults = env.task(async (a, b = 20, c = 30) => [a, b, c]);
const append = env.task(async (list) => { list.push(2); return list; });
const copies = env.task(async () => {
  const sent = [1];
  const got = await append(sent);
  return { sent, got, same: sent === got };
});
const dropping = env.task(async () => [
  await defaults(1), await defaults(1, 2), await defaults(1, 2, 3, 4, 5),
]);
const applied = env.task(async (task, value) => await task(value));
const taskAsValue = env.task(async () => await applied(double, 21));
const unencodable = env.task(async () => ({ items: [1, { fn: () => 1 }] }));
const badArgument = env.task(async () => {
  try { await echo({ socket: Symbol('s') }); return 'made'; }
  catch (error) { return (error instanceof EncodingError ? 'EncodingError ' : '') + error.path; }
});
const large = env.task(async (size) => 'x'.repeat(size));
const largeCaller = env.task(async (size) => (await large(size)).length);

const nested = env.task(async (depth) => (depth === 0 ? 1 : 2 * (await nested(depth - 1))));
const mapped = env.task(async (n) => await map(double, Array.from({ length: n }, (_, i) => i)));
const oddFails = env.task(async (n) => {
  if (n % 2 === 1) throw new Error('odd ' + n);
  return n * 2;
});
const mapFailing = env.task(async () => {
  try { await map(oddFails, [0, 1, 2, 3], { concurrency: 1 }); }
  catch (error) { return error.message; }
});
const mapSettled = env.task(async () =>
  (await map(oddFails, [0, 1, 2, 3], { settled: true })).map((it) =>
    it.status === 'fulfilled' ? String(it.value) : it.reason.message));
const grouped = env.task(async () => {
  await echo(1);
  await group('outer', async () => {
    await echo(2);
    await group('inner', async () => await echo(3));
    await echo(4);
  });
  await echo(5);
});
const fixed = env.task(async () => process.env.FIXED ?? 'none');
const overriding = env.task(async () => [
  await fixed(), await fixed.override({ variables: { FIXED: 'yes' } })(),
]);
const forever = env.task(async () => {
  const { signal } = context();
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
});
const aborting = env.task(async () => {
  const controller = new AbortController();
  const call = double.override({ signal: controller.signal })(1);
  controller.abort();
  try { await call; return 'ended'; } catch (error) { return error.constructor.name; }
});

const parse = env.task(async () => {
  throw new ParseError('line 3', 3, { cause: new TypeError('inner') });
});
const middle = env.task(async () => await parse());
const catching = env.task(async () => {
  try { await middle(); } catch (error) {
    const { name, message, line, cause } = error;
    return {
      isParseError: error instanceof ParseError, isError: error instanceof Error,
      name, message, line, cause: String(cause),
    };
  }
});
const stackOf = env.task(async () => {
  try { await middle(); } catch (error) { return error.stack; }
});
const throwValue = env.task(async () => { throw { code: 7 }; });
const catchValue = env.task(async () => {
  try { await throwValue(); } catch (error) { return error; }
});
const throwAggregate = env.task(async () => {
  throw new AggregateError([new RangeError('a'), 'plain'], 'both');
});
const catchAggregate = env.task(async () => {
  try { await throwAggregate(); } catch (error) { return error.errors.map(String); }
});
const failHere = env.task(async () => { throw new Error('same'); });
const failThere = env.task(async () => {
  const inner = () => { throw new Error('same'); };
  inner();
});
const hopeless = env.task(async () => {
  class Hopeless extends NonRecoverableError {}
  throw new Hopeless('no');
});
const hostile = env.task(async (how) => {
  const no = () => { throw new Error('a trap'); };
  if (how === 'proxy') throw new Proxy({}, { get: no, getPrototypeOf: no, ownKeys: no, has: no });
  if (how === 'message') throw Object.assign(new Error(), { message: Object.create(null) });
  throw Object.defineProperty(new Error('own'), how, { get: no, enumerable: true });
});
const leavesChild = env.task(async () => {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'inherit' });
  child.unref();
  return child.pid;
});
const spin = env.task(async (flag) => { while (!existsSync(flag)); });
const abortSpin = env.task(async (flag) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  try { await spin.override({ signal: controller.signal })(flag); return 'ended'; }
  catch (error) { return error.constructor.name; }
  finally { writeFileSync(flag, ''); }
});
const exiting = env.task(async () => { process.exit(3); });
const moving = env.task(async () => { process.chdir('..'); });
const exitingCaught = env.task(async () => {
  try { process.exit(0); } catch { await soon(); return 'went on'; }
});
const unhandled = env.task(async () => {
  void Promise.reject(new Error('nobody waits'));
  await new Promise(() => undefined);
});
const thrownInTimer = env.task(async () => {
  setTimeout(() => { throw new Error('in a timer'); }, 1);
  await new Promise(() => undefined);
});
const catchingAny = env.task(async () => {
  try { return await double(1); } catch { return 'caught'; }
});

const tell = env.task(async (text) => text);
const identity = env.task(async (index) => {
  const { action } = context();
  await soon();
  const log = await tell('sub ' + index);
  await soon();
  console.log('%d says %d', context().action, index);
  process.stdout.isTTY;
  console.error('again');
  return { log, action };
});
const printing = env.task(async () => {
  console.group('head');
  console.log({ a: 1 });
  console.warn('careful');
  context().logger.info('from the logger', 1);
});
const flooding = env.task(async () => {
  const line = 'x'.repeat(1000);
  for (let i = 0; i < 20000; i++) console.log(line);
});
const progressing = env.task(async () => {
  for (let i = 1; i <= 1000; i++) context().progress(i, 1000);
});

const sequential = env.task(async () => { await double(1); await double(2); await double(1); });
const together = env.task(async () => { await Promise.all([double(1), double(2), double(3)]); });
const racing = env.task(async () => { await Promise.race([double(1), double(2)]); });
const mapWaves = env.task(async () => {
  await double(1);
  const rows = await map(double, [1, 2, 3], { concurrency: 2 });
  await double(rows.length);
});
const readingVariables = env.task(async () => {
  const { PATH, HOME, TZ, MODEL } = process.env;
  const pending = double(1);
  process.env.MODEL;
  await pending;
  await soon();
  process.env.WRITTEN = '1';
  delete process.env.WRITTEN;
  const again = double(process.env.NOT_SET === undefined ? 2 : 3);
  await again;
  return [PATH, HOME, TZ, MODEL].length;
});
const readingContext = env.task(async () => {
  const { run, action, attempt } = context();
  return [run, action, attempt].length;
});

const surroundings = env.task(async () => ({
  home: process.env.HOME, temporary: process.env.TMPDIR,
  zone: process.env.TZ, offset: new Date(0).getTimezoneOffset(),
  ci: process.env.CI ?? 'absent', cwd: process.cwd(), names: Object.keys(process.env).sort(),
  subprocess: execFileSync('env').toString().split('\n').map((line) => line.split('=')[0]),
}));
const declared = env.task({ variables: ['MODE', 'GONE'] }, async () => [
  process.env.MODE, process.env.GONE ?? 'not set', 'MODE' in { ...process.env },
]);
const secretive = env.task({ secrets: ['TOKEN'] }, async (what) => {
  console.log('the token is ' + process.env.TOKEN);
  if (what === 'throw') {
    const inner = new RangeError('in ' + process.env.TOKEN);
    const fields = { url: process.env.TOKEN + '/x', deep: { list: [process.env.TOKEN] }, n: 1 };
    throw Object.assign(new Error('bad ' + process.env.TOKEN, { cause: inner }), fields);
  }
  if (what === 'write') writeSync(1, 'written ' + process.env.TOKEN);
  return what === 'leak' ? ['it is ' + process.env.TOKEN] : process.env.TOKEN.length;
});
const meta = env.task(async () => ({
  filename: meta0.filename, dirname: meta0.dirname, url: meta0.url,
  resolved: meta0.resolve('./other.ts'), builtin: meta0.resolve('node:fs'),
}));
const scratching = env.task(async () => {
  const { scratch } = context();
  const before = readdirSync(scratch);
  writeFileSync(join(scratch, 'note'), 'x');
  return { path: scratch, before, fresh: existsSync(join(scratch, 'note')) };
});
const exists = env.task(async (path) => existsSync(path));
const makeFiles = env.task(async () => {
  const { scratch } = context();
  writeFileSync(join(scratch, 'hello.txt'), 'hello there');
  const tree = join(scratch, 'tree');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(tree, 'b'), { recursive: true });
  writeFileSync(join(tree, 'a.txt'), 'a');
  writeFileSync(join(tree, 'b/c.txt'), 'c');
  return { file: await File.from(join(scratch, 'hello.txt')), dir: await Dir.from(tree) };
});
const fileCaller = env.task(async () => {
  const { file, dir } = await makeFiles();
  return [file.name, await file.text(), dir.files().map((it) => it.path)];
});

const rejectLater = env.task(async () => {
  setImmediate(() => { void Promise.reject(new Error('too late')); });
});

const untilAborted = env.task(async () => {
  console.log('waiting');
  const { signal } = context();
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
});
const busy = env.task(async () => { console.log('busy'); for (;;); });
const die = env.task(async (how) => {
  console.error('about to die');
  process.stderr.write('last words\n');
  if (how === 'abort') process.abort();
  process.kill(process.pid, how);
  await new Promise(() => undefined);
});
const hold = env.task(async () => {
  console.log('holding');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
const eat = env.task(async (mebibytes) => {
  const kept = [];
  for (let i = 0; i < mebibytes; i++) {
    kept.push(Buffer.alloc(1 << 20, 1));
    if (i % 8 === 0) await soon();
  }
  return kept.length;
});
const eatHeap = env.task(async () => {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
});
const pid = env.task(async () => process.pid);
const pidCaller = env.task(async () => [process.pid, await pid()]);
const rawFlood = env.task(async () => {
  const script = "for (let i = 0; i < 3000; i++) console.log('y'.repeat(10000))";
  execFileSync(process.execPath, ['-e', script], { stdio: 'inherit' });
  return 'done';
});
const sleeper = env.task(async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  console.log('started ' + process.pid + ' ' + child.pid);
  for (;;);
});
const fanOut = env.task(async (n) =>
  (await Promise.all(Array.from({ length: n }, (_, i) => double(i)))).length);
`;

/** Its module-level bindings that are tasks or classes. */
export const NAMES: readonly string[] = [
  ...new Set(
    [...SOURCE.matchAll(/^(?:const (\w+) = env\.task|class (\w+))/gm)].map(
      ([, task, name]) => task ?? name ?? '',
    ),
  ),
];
