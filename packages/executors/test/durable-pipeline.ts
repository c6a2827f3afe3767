/** What the conformance tests of checkpoints, snapshots and `durable` run. */
export const DURABLE_SOURCE = String.raw`
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpoint, context, durable, environment, File, map, NonRecoverableError, snapshot,
} from 'skein';

const env = environment({ name: 'durable' });
const secretive = environment({ name: 'secretive', secrets: ['TOKEN'] });
const soon = () => new Promise((resolve) => setImmediate(resolve));
const kept = [];
let counter = 0;

class Gone extends NonRecoverableError {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
  get name() { return 'Gone'; }
}

const give = checkpoint(async (value) => { console.log('ran'); return value; });
const falsy = env.task(async (fails) => {
  const values = [
    await give(undefined), await give(null), await give(0), await give(''), await give(false),
  ];
  if (fails) throw new Error('after');
  return values;
});

const tick = checkpoint(async (label) => {
  counter += 1;
  const mine = counter;
  await soon();
  return mine;
});
const branches = env.task(async () => await Promise.all([tick('x'), tick('x'), tick('y')]));

const share = checkpoint(async (list) => { list.push('inside'); kept[0] = list; return list; });
const copying = env.task(async () => {
  const mine = ['mine'];
  const got = await share(mine);
  return { mine, got, same: got === kept[0] };
});

const fragile = checkpoint(async (kind) => {
  console.log('ran');
  if (kind === 'lasting') throw new Gone('gone', 7);
  throw new RangeError('passing');
});
const catching = env.task(async (kind) => {
  try { return await fragile(kind); }
  catch (error) {
    return [error instanceof Gone, error instanceof RangeError, error.message, error.code];
  }
});

const child = env.task(async (n) => { console.log('child'); return n * 2; });
const refused = checkpoint(async (what) => {
  if (what === 'call') return await child(1);
  if (what === 'map') return await map(child, [1]);
  if (what === 'save') return await snapshot.save(1);
  return await snapshot.load();
});
const refusing = env.task(async () => {
  const codes = [];
  for (const what of ['call', 'map', 'save', 'load']) {
    try { await refused(what); } catch (error) { codes.push(error.failure.code); }
  }
  return codes;
});

const inner = checkpoint(async () => { counter += 1; return counter; });
const outer = checkpoint(async () => [await inner(), await inner()]);
const nesting = env.task(async () => [await outer(), await inner()]);

const read = checkpoint(async (name) => {
  await soon();
  return readFileSync(name, 'utf8');
});
const reading = env.task(async () => await Promise.all([read('a.txt'), read('b.txt')]));
const readOuter = checkpoint(async () => [readFileSync('c.txt', 'utf8'), await read('a.txt')]);
const readingNested = env.task(async () => await readOuter());
const timing = checkpoint(async () => Date.now() > 0);
const timed = env.task(async () => await timing());
const writing = checkpoint(async (name) => { writeFileSync(name, 'x'); return name; });
const written = env.task(async (name) => await writing(name));
const scratching = checkpoint(async () => context().scratch);
const scratched = env.task(async () => (await scratching()).length > 0);

const filed = checkpoint(async (name) => {
  const path = join(context().scratch, name);
  writeFileSync(path, 'content of ' + name);
  return { file: await File.from(path) };
});
const filing = env.task(async () => await (await filed('a.txt')).file.text());

const leak = checkpoint(async () => ({ token: process.env.TOKEN }));
const leaking = secretive.task(async (where) => {
  try {
    if (where === 'checkpoint') await leak();
    else if (where === 'argument') await give([process.env.TOKEN]);
    else await snapshot.save({ token: process.env.TOKEN });
  } catch (error) { return error.path; }
});
const unencodable = checkpoint(async () => ({ items: [() => 1] }));
const refusedValue = env.task(async () => {
  try { await unencodable(); } catch (error) { return error.path; }
});

const train = env.task(async (until) => {
  const state = (await snapshot.load()) ?? { epoch: 0, seen: [] };
  while (state.epoch < 4) {
    state.seen.push(await child(state.epoch), readFileSync('epoch-' + state.epoch, 'utf8'));
    state.epoch += 1;
    await snapshot.save(state);
    if (state.epoch === until) throw new Error('stopped');
  }
  return state.seen;
});
const saving = env.task(async () => {
  const before = await snapshot.load();
  const state = { n: 1 };
  const first = snapshot.save(state);
  state.n = 2;
  await first;
  const copy = await snapshot.load();
  await Promise.all([snapshot.save('a'), snapshot.save(undefined)]);
  return [before, copy, await snapshot.load()];
});
const savingFile = env.task(async () => {
  const loaded = await snapshot.load();
  if (loaded !== undefined) return await loaded.model.text();
  const path = join(context().scratch, 'model');
  writeFileSync(path, 'weights');
  await snapshot.save({ model: await File.from(path) });
  throw new Error('stopped');
});
const clockedSaving = env.task(async () => {
  if ((await snapshot.load()) === undefined) { Math.random(); await snapshot.save(1); }
  return 1;
});

const drawing = env.task(async () => [
  await durable.now(), await durable.random(), await durable.uuid(), await durable.random(),
]);
const sleeping = env.task(async () => { await durable.sleep('30d'); return 'slept'; });
const plainly = env.task(async () => {
  const values = await drawing.forward();
  return values.map((value) => typeof value);
});

let filled;
const fill = checkpoint(async () => { filled ??= 'filled'; });
const filling = env.task(async () => { await fill(); return filled ?? 'empty'; });

const draw = checkpoint(async (label) => { console.log('drawn'); return [label, Math.random()]; });
const play = async ([kind, ...inner]) => {
  if (kind === 'both') return await Promise.all(inner.map(draw));
  if (kind === 'nest') return await nest(inner);
  return kind === 'uuid' ? await durable.uuid() : await draw(kind);
};
const nest = checkpoint(async (steps) => {
  const drawn = [];
  for (const step of steps) drawn.push(await play(step));
  return drawn;
});
const playing = env.task(async (steps, fails) => {
  const drawn = [];
  for (const step of steps) {
    if (drawn.length === fails) break;
    drawn.push(await play(step));
  }
  return drawn;
});

const dying = env.task(async (dies) => {
  const values = [await tick('before'), await read('a.txt')];
  if (dies) process.kill(process.pid, 'SIGKILL');
  return [...values, process.pid];
});
`;

/** The names it declares, for the registration. */
export const DURABLE_NAMES: readonly string[] = Array.from(
  DURABLE_SOURCE.matchAll(/^(?:const|class) (\w+) (?:= (?:checkpoint|\w+\.task)|extends)/gm),
  ([, name]) => name as string,
);
