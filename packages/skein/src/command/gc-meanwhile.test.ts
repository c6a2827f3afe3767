import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { environment, File, map } from 'skein';

const env = environment({ name: 'meanwhile', cache: 'auto' });

export const write = env.task(async (n: number) =>
  File.from(new TextEncoder().encode(String(n).repeat(200 * n)), { name: 'part.txt' }),
);

export const join = env.task(async (parts: File[]) => {
  let whole = '';
  for (const part of parts) whole += await part.text();
  return File.from(new TextEncoder().encode(whole), { name: 'whole.txt' });
});

export const main = env.task(async (from: number) => {
  const parts = await map(write, Array.from({ length: 20 }, (_, index) => from + index));
  return { whole: await join(parts), again: await join(parts.toReversed()) };
});
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 120_000 };

const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', 'cli.ts');

let pipeline: RealWorkspace;

beforeEach(() => {
  pipeline = realWorkspace({ 'src/main.ts': MAIN });
});

afterEach(() => pipeline.remove());

interface Answer {
  readonly status: string;
  readonly result: Readonly<Record<string, { readonly value: { readonly path: string } }>>;
}

/** In a process of its own; `meanwhile` is done again and again until it has ended. */
async function run(from: number, meanwhile: () => Promise<void>): Promise<Answer> {
  const args = [CLI, 'run', 'src/main.ts', '--from', String(from), '--json'];
  const child = spawn(process.execPath, args, {
    cwd: pipeline.root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  const answer = text(child.stdout);
  while (child.exitCode === null && child.signalCode === null) await meanwhile();
  await exit;
  return JSON.parse(await answer) as Answer;
}

function whole(from: number): string {
  return Array.from({ length: 20 }, (_, index) =>
    String(from + index).repeat(200 * (from + index)),
  ).join('');
}

test('D6 P4: runs go on, and are shown whole, while gc is called all the time', SLOW, async () => {
  let removed = 0;
  const collect = async (): Promise<void> => {
    const { code, out } = await pipeline.skein('gc --keep 1 --json');
    expect(code).toBe(0);
    removed += (JSON.parse(out) as { readonly runs: readonly string[] }).runs.length;
  };
  for (const from of [1, 5, 1, 3]) {
    const { status, result } = await run(from, collect);
    expect(status).toBe('succeeded');
    expect(readFileSync(result['whole']?.value.path ?? '', 'utf8')).toBe(whole(from));
    await collect();
    expect(readFileSync(result['whole']?.value.path ?? '', 'utf8')).toBe(whole(from));
    const shown = await pipeline.skein('show last --json --all');
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.out)).toMatchObject({ status: 'succeeded' });
  }
  expect(removed).toBeGreaterThan(0);
});

test('a run that is killed leaves a state that gc and the next run work with', SLOW, async () => {
  const args = [CLI, 'run', 'src/main.ts', '--from', '1', '--json'];
  const child = spawn(process.execPath, args, { cwd: pipeline.root, stdio: 'ignore' });
  const exit = once(child, 'exit');
  for (let runs = ''; !runs.includes('running'); await turn()) {
    runs = (await pipeline.skein('runs')).out;
  }
  const held = await pipeline.skein('gc --older-than 0s --json');
  expect(JSON.parse(held.out)).toMatchObject({ busy: [child.pid], stay: { running: 1 } });
  child.kill('SIGKILL');
  await exit;
  const free = await pipeline.skein('gc --older-than 0s --json');
  expect(JSON.parse(free.out)).toMatchObject({ busy: [], stay: { unfinished: 1 } });
  const { result } = await run(1, () => turn());
  expect(readFileSync(result['whole']?.value.path ?? '', 'utf8')).toBe(whole(1));
});
