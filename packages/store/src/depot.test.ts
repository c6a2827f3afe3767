import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { startMoto } from '../../../scripts/moto.ts';
import type { Moto } from '../../../scripts/moto.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { conformDepot } from './depot.conformance.ts';
import { DiskObjects } from './disk-objects.ts';
import { MemoryObjects } from './memory-objects.ts';
import { S3Objects } from './s3-objects.ts';

vi.setConfig({ testTimeout: 60_000 });

const clock = { now: () => Date.now(), elapsed: () => performance.now() };
const folders: Disposable[] = [];
let moto: Moto;
let buckets = 0;

beforeAll(async () => {
  moto = await startMoto();
}, 600_000);

afterAll(() => moto.stop());

afterEach(() => {
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

conformDepot('memory', () => new MemoryObjects(clock));

conformDepot('disk', () => {
  const folder = temporaryFolder();
  folders.push(folder);
  const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };
  return new DiskObjects(folder.path, { clock, randomness, timeoutMs: 30_000 });
});

conformDepot('S3', async () => {
  buckets += 1;
  const bucket = `depot-${buckets}`;
  await moto.createBucket(bucket);
  const { environment } = moto;
  return new S3Objects({ bucket, prefix: '' }, { clock, environment, timeoutMs: 10_000 });
});
