import { MemoryBlobs } from '@skein/store';
import { expect, test } from 'vitest';
import { ReachingBlobs } from './reaching-blobs.ts';

const NEAR = new TextEncoder().encode('near');
const FAR = new TextEncoder().encode('far');

async function blobs() {
  const [near, far] = [new MemoryBlobs(), new MemoryBlobs()];
  const [here, there] = [await near.put(NEAR), await far.put(FAR)];
  const reaching = new ReachingBlobs(near);
  const asked: string[] = [];
  const reach = (): void =>
    reaching.reach({
      blobs: () => {
        asked.push('opened');
        return Promise.resolve(far);
      },
      close: () => void asked.push('closed'),
    });
  return { reaching, reach, here, there, asked };
}

test('what is near is answered without opening the far side', async () => {
  const { reaching, reach, here, asked } = await blobs();
  reach();
  expect(await reaching.get(here)).toEqual(NEAR);
  expect([await reaching.has(here), await reaching.bring(here)]).toEqual([true, true]);
  expect([...(await reaching.hasMany([here]))]).toEqual([here]);
  expect(asked).toEqual([]);
});

test('P4: what is missing near is asked for afar, as long as that is open', async () => {
  const { reaching, reach, here, there, asked } = await blobs();
  expect(await reaching.has(there)).toBe(false);
  reach();
  expect(await reaching.get(there)).toEqual(FAR);
  expect(await reaching.hasMany([here, there])).toEqual(new Set([here, there]));
  reaching.close();
  expect(await reaching.has(there)).toBe(false);
  expect(asked).toEqual(['opened', 'opened', 'closed']);
});
