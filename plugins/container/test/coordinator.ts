import { ProcessLauncher } from '@skein/executors';
import { ContainerLauncher } from '../src/container-launcher.ts';
import { openBench, tell } from './bench.ts';
import { mustFind } from './engine.ts';

// A command that has a container at work in a busy loop when it is killed.
const reference = process.argv[2] ?? '';
const engine = await mustFind(process.env);
const bench = openBench();
const machine = new ProcessLauncher();
const launcher = new ContainerLauncher({ engine, machine, pulling: () => undefined });
const launched = launcher.launch(bench.order({ name: 'ours', reference, digest: reference }));
const run = await tell(launched);
await run('return 1');
void run('for (;;);');
process.stdout.write(`${JSON.stringify({ root: bench.root, pool: bench.pool })}\n`);
