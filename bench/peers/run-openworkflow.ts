import { OpenWorkflow } from 'openworkflow';
import { BackendSqlite } from 'openworkflow/sqlite';

const [shape, count, passes, file] = process.argv.slice(2);
const backend = BackendSqlite.connect(file ?? '');
const ow = new OpenWorkflow({ backend });

/** Timed inside the workflow: a worker polls for workflows, and that is not what is compared. */
const workflow = ow.defineWorkflow<{ readonly items: readonly number[] }, number>(
  { name: 'no-op steps' },
  async ({ input, step }) => {
    const noOp = (item: number) => step.run({ name: `step ${item}` }, async () => item);
    const started = performance.now();
    if (shape === 'fan-out') await Promise.all(input.items.map(noOp));
    else for (const item of input.items) await noOp(item);
    return performance.now() - started;
  },
);

const worker = ow.newWorker({ concurrency: 1 });
await worker.start();
const items = Array.from({ length: Number(count) }, (_, index) => index);
const times: number[] = [];
for (let pass = 0; pass < Number(passes); pass += 1) {
  const run = await workflow.run({ items });
  times.push(await run.result());
}
process.stdout.write(`${JSON.stringify(times)}\n`);
await worker.stop();
await backend.stop();
