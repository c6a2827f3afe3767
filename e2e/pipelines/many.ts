import { createReadStream, readFile as readByCallback, readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { environment, map } from 'skein';

const env = environment({
  name: 'many',
  cache: 'auto',
  reuse: { replicas: 1, concurrency: 64 },
});

const ways: readonly ((path: string) => Promise<string>)[] = [
  async (path) => readFileSync(path, 'utf8'),
  async (path) => await readFile(path, 'utf8'),
  async (path) =>
    await new Promise((resolve, reject) => {
      readByCallback(path, 'utf8', (error, text) => (error ? reject(error) : resolve(text)));
    }),
  async (path) => {
    let text = '';
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 7 })) {
      text += String(chunk);
    }
    return text;
  },
  async (path) => {
    await using file = await open(path);
    const bytes = Buffer.alloc(5);
    let text = '';
    for (let got = await file.read(bytes); got.bytesRead > 0; got = await file.read(bytes)) {
      text += bytes.toString('utf8', 0, got.bytesRead);
    }
    return text;
  },
];

/** Reads its own file, in a way of its own, after giving way to the others. */
export const own = env.task(async (id: number): Promise<string> => {
  await new Promise((resolve) => setImmediate(resolve));
  const text = (await ways[id % ways.length]?.(`files/${id}.txt`)) ?? '';
  await new Promise((resolve) => setImmediate(resolve));
  return text;
});

export const main = env.task(async (): Promise<string[]> => {
  return await map(
    own,
    Array.from({ length: 64 }, (_, id) => id),
    { concurrency: 64 },
  );
});
