import { readFileSync, writeFileSync } from 'node:fs';
import { environment } from 'skein';

const env = environment({ name: 'write', cache: 'auto' });

/** Writes a file in the workspace: what others get from it nobody could know. */
export const produce = env.task(async (text: string): Promise<void> => {
  writeFileSync('out.txt', text);
});

export const consume = env.task(async (): Promise<string> => readFileSync('out.txt', 'utf8'));

export const main = env.task(async (text: string): Promise<string> => {
  await produce(text);
  return await consume();
});

/** Reads a file and says so, and goes on when it is answered. */
export const slow = env.task(async (witness: string): Promise<string> => {
  const before = readFileSync('slow.txt', 'utf8');
  await fetch(`${witness}slow`);
  return before + readFileSync('slow.txt', 'utf8');
});
