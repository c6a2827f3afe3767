import { environment } from 'skein';

const env = environment({ name: 'fill', cache: 'auto' });

/** So many bytes that no compression makes fewer of. */
export const noise = env.task(async (seed: number, kibibytes: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(kibibytes * 1024);
  let state = seed * 2_654_435_761 + 1;
  for (let index = 0; index < bytes.length; index += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + index;
    bytes[index] = state >>> 24;
  }
  return bytes;
});

/** Keeps `count` times so many. */
export const main = env.task(async (count: number, kibibytes: number = 64): Promise<number> => {
  let size = 0;
  for (let seed = 1; seed <= count; seed += 1) size += (await noise(seed, kibibytes)).length;
  return size;
});

/** The same, and nothing of it is cached. */
export const drawn = env.task({ cache: 'disable' }, async (count: number): Promise<number> => {
  const draw = noise.override({ cache: 'disable' });
  let size = 0;
  for (let seed = 1; seed <= count; seed += 1) size += (await draw(seed, 64)).length;
  return size;
});
