import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment, map } from 'skein';
import { FIRST } from './images.ts';

/*
 * A second or two of everything that a kill can meet in a container: short actions, some of them
 * with a program beneath, some never cached, a long one beside them, programs nobody waits for.
 */

const here = environment({ name: 'here', cache: 'auto' });
const inside = environment({ name: 'inside', cache: 'auto', image: FIRST });

export const quick = inside.task(async (edition: number, before: number): Promise<number> => {
  await sleep(5);
  return (before * 31 + edition) % 1_000_003;
});

/** The same in every edition. */
export const known = inside.task(async (id: number): Promise<number> => id * id);

/** Only `resume` knows that it was executed. */
export const roll = inside.task({ cache: 'disable' }, async (id: number): Promise<number> => {
  await sleep(5);
  return (id * 7) % 11;
});

/** Waits for one program, and leaves another one behind. */
export const program = inside.task(async (edition: number, id: number): Promise<number> => {
  spawn('sleep', ['1000'], { stdio: 'ignore', detached: true }).unref();
  const [code] = await once(spawn('sleep', ['0.05'], { stdio: 'ignore' }), 'exit');
  return edition + id + Number(code);
});

export const long = inside.task(async (edition: number): Promise<number> => {
  await sleep(400);
  return edition;
});

export const main = here.task(async (edition: number): Promise<number> => {
  const slow = long(edition);
  const squares = await map(known, [1, 2, 3, 4, 5, 6, 7, 8]);
  let chain = 0;
  for (let id = 1; id <= 12; id += 1) {
    chain = await quick(edition, chain);
    if (id % 4 === 0) chain += (await program(edition, id)) + (await roll(id));
  }
  const rolled = await Promise.all([21, 22, 23, 24].map((id) => roll(id)));
  return [...squares, ...rolled, chain, await slow].reduce((sum, value) => sum + value, 0);
});

/** Which process of which container this is: a module is evaluated once in each. */
const born = crypto.randomUUID();

export const where = inside.task({ cache: 'disable' }, async (): Promise<string> => {
  await sleep(2);
  return born;
});

/** In how many containers so many actions run. */
export const spread = here.task(async (count: number): Promise<number> => {
  const items = Array.from({ length: count }, (_, index) => index);
  return new Set(await map(async () => await where(), items)).size;
});

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
