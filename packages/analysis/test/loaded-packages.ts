import { createRequire } from 'node:module';
import { join } from 'node:path';
import { analyse, inputSchema } from '../src/index.ts';

/** Analyses in a process of its own, and prints which of the tools were loaded for it. */
const [root = '', state = '', task = ''] = process.argv.slice(2);
const result = await analyse({ root, entry: join(root, 'src/main.ts'), state });
if (!result.ok) throw new Error(result.failures[0].headline);
const asked = result.analysis.tasks.find((it) => it.name === task);
if (asked !== undefined) await inputSchema(result.analysis, asked.id);
// Manifests are read for the versions in them; an ES module is told by its native part.
const loaded = Object.keys(createRequire(import.meta.url).cache).filter(
  (file) => !file.endsWith('package.json'),
);
const tools = { esbuild: '/esbuild/', 'oxc-parser': 'oxc', 'ts-morph': '/ts-morph/' };
const found = Object.entries(tools).filter(([, mark]) => loaded.some((it) => it.includes(mark)));
process.stdout.write(JSON.stringify(found.map(([tool]) => tool)));
