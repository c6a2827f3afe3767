import { enableCompileCache } from 'node:module';

// As the command does when it starts.
enableCompileCache();
const { analyse } = await import('@skein/analysis');

/** One analysis in a new process, timed from when its code is loaded. */
const [root = '', entry = '', state = ''] = process.argv.slice(2);
const started = performance.now();
const result = await analyse({ root, entry, state });
const ms = performance.now() - started;
if (!result.ok) throw new Error(result.failures[0].headline);
const { modules, tasks } = result.analysis;
const digests = JSON.stringify([...result.analysis.manifests.values()].map((it) => it.digest));
process.stdout.write(
  `${JSON.stringify({ ms, modules: modules.length, tasks: tasks.length, digests })}\n`,
);
