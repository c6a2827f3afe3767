import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { environment, File, map } from 'skein';

const env = environment({ name: 'machines', cache: 'auto' });

/** Observes a file of the workspace, wherever that lies. */
export const inside = env.task(async (factor: number): Promise<number> => {
  const text = await readFile('e2e/pipelines/machines.txt', 'utf8');
  return text.length * factor;
});

/** Observes a file that only this machine has. */
export const outside = env.task(async (path: string): Promise<string> => {
  return (await readFile(path, 'utf8')).toUpperCase();
});

/** Uses a secret, and lets nothing of it out but whether it is there. */
export const secretive = env.task({ secrets: ['API_KEY'] }, async (name: string) => {
  const key = process.env['API_KEY'] ?? '';
  console.log(`${name} asks with ${key}`);
  return { name, authorised: key.length > 0 };
});

/** A file as a result. */
export const page = env.task(async (number: number): Promise<File> => {
  const text = `page ${number}\n`.repeat(2_000);
  return await File.from(Buffer.from(text), { name: `page-${number}.txt` });
});

export const digest = env.task(async (file: File, salt: string): Promise<string> => {
  return createHash('sha256')
    .update(salt)
    .update(await file.bytes())
    .digest('hex');
});

/** A caller of its own: pages are made, and read. */
export const book = env.task(async (pages: number, salt: string): Promise<readonly string[]> => {
  const files = await map(
    page,
    Array.from({ length: pages }, (_, index) => index),
  );
  return await Promise.all(files.map(async (file) => await digest(file, salt)));
});

export const main = env.task({ cache: 'disable' }, async (path: string) => {
  const numbers = await map(inside, [1, 2, 3]);
  const hidden = await secretive('main');
  return { numbers, hidden, text: await outside(path), book: await book(8, 'salt') };
});

/** Fails as long as it is told to. */
export const fragile = env.task(async (number: number): Promise<number> => {
  if (number === 3) throw new Error('three is not supported yet');
  return number * 10;
});

export const sum = env.task({ cache: 'disable' }, async (): Promise<number> => {
  let total = 0;
  for (const number of [1, 2, 3, 4]) total += await fragile(number);
  return total;
});
