import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';

const [shape, count, passes] = process.argv.slice(2);
const items = Array.from({ length: Number(count) }, (_, index) => index);
const threads = availableParallelism();
const pool = new Piscina({
  filename: join(import.meta.dirname, 'no-op.ts'),
  name: 'noOp',
  minThreads: threads,
  maxThreads: threads,
});
await Promise.all(Array.from({ length: threads }, (_, index) => pool.run(index)));

const times: number[] = [];
for (let pass = 0; pass < Number(passes); pass += 1) {
  const started = performance.now();
  if (shape === 'fan-out') await Promise.all(items.map((item) => pool.run(item)));
  else for (const item of items) await pool.run(item);
  times.push(performance.now() - started);
}
process.stdout.write(`${JSON.stringify(times)}\n`);
await pool.destroy();
