import { NAMES as OTHERS, SOURCE as OTHER_SOURCE } from './pipeline.ts';

/** Tasks that use up what there is, print in every way, and end in every way. */
const SOURCE = String.raw`
import { once } from 'node:events';
import { appendFileSync, writeFileSync as write } from 'node:fs';
import os from 'node:os';
import v8 from 'node:v8';
import * as programs from 'node:child_process';

const node = process.execPath;
const until = async (flag) => { while (!existsSync(flag)) await soon(); };

const eatBelow = env.task(async (mebibytes) => {
  const script = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(1 << 23, 1)), 1)';
  const child = programs.spawn(node, ['-e', script], { stdio: 'ignore' });
  await once(child, 'exit');
});
const eatAtOnce = env.task(async (mebibytes) => Buffer.alloc(mebibytes * (1 << 20), 1).length);
const eatThenHold = env.task(async (mebibytes, flag) => {
  const kept = Buffer.alloc(mebibytes * (1 << 20), 1);
  console.log('full');
  await until(flag);
  return kept.length;
});
const waitFor = env.task(async (flag) => {
  console.log('waits');
  await until(flag);
  return process.pid;
});
const fillScratch = env.task(async (mebibytes) => {
  for (let i = 0; i < mebibytes; i++) {
    appendFileSync(join(context().scratch, 'big'), Buffer.alloc(1 << 20, 1));
    await soon();
  }
  return mebibytes;
});
const fillTemporary = env.task(async (mebibytes) => {
  const to = join(os.tmpdir(), 'big');
  programs.execFileSync('sh', ['-c', 'head -c ' + mebibytes * (1 << 20) + ' /dev/zero > ' + to]);
  await until('/no/such/file');
});
const devices = env.task(async () => [
  process.env.CUDA_VISIBLE_DEVICES ?? 'none',
  programs.execFileSync('sh', ['-c', 'echo $CUDA_VISIBLE_DEVICES']).toString().trim(),
]);
const devicesCaller = env.task(async () => [process.pid, await pid()]);

const printsBelow = env.task(async (name) => {
  console.log(name + ' 1');
  programs.execSync('echo ' + name + ' 2', { stdio: 'inherit' });
  await once(programs.spawn('echo', [name + ' 3'], { stdio: 'inherit' }), 'close');
  console.log(name + ' 4');
  programs.spawnSync('sh', ['-c', 'echo ' + name + ' 5'], { stdio: ['ignore', 1, 2] });
  process.stdout.write(name + ' 6\n');
  await once(programs.fork(join(context().scratch, 'none'), [name], {
    execArgv: ['-e', 'console.log(process.argv[1] + " 7")', name],
  }), 'exit');
  programs.execSync('echo ' + name + ' 8 >&2; true');
});
const printsNatively = env.task(async (text) => { writeSync(1, text); });
const printsNativelyAndWaits = env.task(async (text, flag) => {
  writeSync(1, text);
  await until(flag);
});
const floodBelow = env.task(async (mebibytes) => {
  let turns = 0;
  const before = process.memoryUsage.rss();
  const timer = setInterval(() => { turns += 1; }, 1);
  const line = 'yes | head -c ' + mebibytes * (1 << 20);
  await once(programs.spawn('sh', ['-c', line], { stdio: 'inherit' }), 'close');
  clearInterval(timer);
  return [turns, (process.memoryUsage.rss() - before) / (1 << 20)];
});

const endings = {
  trap: () => {
    v8.setFlagsFromString('--allow-natives-syntax');
    new Function('%SystemBreak()')();
  },
  exit: () => process.reallyExit(7),
  abort: () => process.abort(),
  signal: (name) => process.kill(process.pid, name),
};
const ends = env.task(async (how, detail) => {
  endings[how](detail);
  await new Promise(() => undefined);
});
const loadsBadLibrary = env.task(async () => {
  const path = join(context().scratch, 'bad.node');
  write(path, '\x7fELF and no more');
  process.dlopen({ exports: {} }, path);
});
const escapes = env.task(async (how) => {
  const lines = {
    detached: () => {
      const child = programs.spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
      child.unref();
      return child.pid;
    },
    orphan: () => Number(programs.execFileSync('sh', [
      '-c', 'setsid sleep 600 > /dev/null 2>&1 & echo $!',
    ]).toString()),
    bare: () => {
      const options = { detached: true, stdio: 'ignore', env: {} };
      const child = programs.spawn('/bin/sleep', ['600'], options);
      child.unref();
      return child.pid;
    },
  };
  return lines[how]();
});
const escapesAndSpins = env.task(async (how) => {
  console.log('escaped ' + await escapes(how) + ' ' + process.pid);
  for (;;);
});
const escapesAndWaits = env.task(async (how) => {
  console.log('escaped ' + await escapes(how) + ' ' + process.pid);
  await new Promise(() => undefined);
});

class StepError extends Error {
  constructor(message, step, options) {
    super(message, options);
    this.step = step;
  }
  describe() { return 'step ' + this.step; }
}
class ManyErrors extends AggregateError {
  total = 3;
}
const low = env.task(async (how) => {
  const root = Object.assign(new RangeError('root'), { offset: 7n });
  const cause = new StepError('inner', 1, { cause: root });
  if (how === 'many') throw new ManyErrors([cause, 'plain', new TypeError('t')], 'all');
  if (how === 'value') throw new Map([['code', 7]]);
  throw new StepError('outer', 2, { cause });
});
const mid = env.task(async (how) => {
  try { return await low(how); }
  catch (error) {
    if (how === 'wrap') throw new StepError('wrapped', 3, { cause: error });
    throw error;
  }
});
const top = env.task(async (how) => {
  try { return await mid(how); } catch (error) { return examine(error); }
});
function examine(error) {
  if (!(error instanceof Error)) return { value: error };
  return {
    step: error instanceof StepError ? error.describe() : null,
    many: error instanceof ManyErrors,
    name: error.constructor.name,
    message: error.message,
    fields: { ...error },
    cause: error.cause === undefined ? null : examine(error.cause),
    errors: error.errors?.map(examine) ?? null,
  };
}
const topStack = env.task(async () => {
  try { return await mid('wrap'); } catch (error) { return [error.stack, error.cause.stack]; }
});
`;

export const STRAINING_SOURCE: string = `${OTHER_SOURCE}\n${SOURCE}`;

export const STRAINING_NAMES: readonly string[] = [
  ...OTHERS,
  ...[...SOURCE.matchAll(/^(?:const (\w+) = env\.task|class (\w+))/gm)].map(
    ([, task, name]) => task ?? name ?? '',
  ),
];
