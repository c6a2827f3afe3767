import { join } from 'node:path';
import { buildCommand, buildPlugin } from './bundle.ts';
import { buildDeclarations } from './declare.ts';
import { root } from './workspace.ts';

const usage = `usage: node scripts/build.ts [--types]
  without flags  JavaScript of the published packages, for work in this checkout
  --types        also their declarations, and no file of an earlier build is left: for packing
`;

async function main(flags: readonly string[]): Promise<void> {
  if (flags.some((flag) => flag !== '--types')) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const packing = flags.includes('--types');
  const started = performance.now();
  const skein = join(root, 'packages', 'skein');
  await buildCommand({ folder: skein, clean: packing });
  await buildPlugin({ folder: join(root, 'plugins', 'nx'), clean: packing });
  if (packing) await buildDeclarations(skein);
  process.stderr.write(`built in ${Math.round(performance.now() - started)} ms\n`);
}

await main(process.argv.slice(2));
