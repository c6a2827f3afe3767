import { readFileSync, writeFileSync } from 'node:fs';
import { context } from 'esbuild';
import { editOf } from './generate-modules.ts';

/** A bundle of the same modules: built, built again, and built again after an edit. */
const [entry = '', edited = ''] = process.argv.slice(2);
const bundle = await context({
  entryPoints: [entry],
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  external: ['skein'],
});

async function timed(): Promise<number> {
  const started = performance.now();
  await bundle.rebuild();
  return performance.now() - started;
}

const [cold, unchanged] = [await timed(), await timed()];
writeFileSync(edited, editOf(readFileSync(edited, 'utf8'), 1));
const oneEdit = await timed();
process.stdout.write(`${JSON.stringify({ cold, unchanged, oneEdit })}\n`);
await bundle.dispose();
