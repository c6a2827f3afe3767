import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison } from '../comparison.ts';
import { editOf, generateModules, type GeneratedFiles } from '../generate-modules.ts';
import { runNode, type Place } from '../place.ts';
import type { RowPlan } from '../row.ts';
import type { Subject } from '../subject.ts';

const modules = 1000;

/** Analysis of generated code, each time in a new process, whose start is not counted. */
export function analysis(place: Place): Comparison {
  return {
    subjects: [skein(place), esbuild(place)],
    rows: [
      row('analysis of 1,000 modules, nothing kept', { reading: 'cold', atMost: 2500 }),
      row('the same, nothing changed', { reading: 'unchanged', atMost: 60 }),
      row('the same, one file edited', { reading: 'oneEdit', atMost: 180 }),
    ],
  };
}

function row(work: string, bound: { readonly reading: string; readonly atMost: number }): RowPlan {
  return {
    id: '14',
    work,
    unit: 'ms',
    reading: bound.reading,
    peer: { name: 'esbuild bundle' },
    targets: [{ of: 'figure', bound: 'at most', value: bound.atMost }],
  };
}

interface Analysed {
  readonly ms: number;
  readonly modules: number;
  /** The code digests of all tasks. */
  readonly digests: string;
}

function skein(place: Place): Subject {
  const program = join(place.root, 'bench', 'run-analysis.ts');
  return {
    name: 'skein',
    sample: async ({ scratch }) => {
      const files = await generate(place, scratch);
      const state = join(scratch, 'state');
      const analyse = async (): Promise<Analysed> => {
        const root = join(scratch, 'generated');
        const { stdout } = await runNode(place, [program, root, files.entry, state]);
        return JSON.parse(stdout);
      };
      const cold = await analyse();
      const unchanged = await analyse();
      await writeFile(files.edited, editOf(await readFile(files.edited, 'utf8'), 1));
      const edited = await analyse();
      expectDigests(cold, { unchanged, edited });
      return { cold: cold.ms, unchanged: unchanged.ms, oneEdit: edited.ms };
    },
  };
}

/** Throws unless the analyses saw all modules, and the edit, and nothing but the edit. */
function expectDigests(
  cold: Analysed,
  { unchanged, edited }: { readonly unchanged: Analysed; readonly edited: Analysed },
): void {
  if (cold.modules < modules) throw new Error(`saw ${cold.modules} modules`);
  if (cold.digests !== unchanged.digests) throw new Error('saw a change without an edit');
  if (cold.digests === edited.digests) throw new Error('did not see the edit');
}

function esbuild(place: Place): Subject {
  const program = join(place.root, 'bench', 'run-esbuild.ts');
  return {
    name: 'esbuild bundle',
    sample: async ({ scratch }) => {
      const { entry, edited } = await generate(place, scratch);
      const { stdout } = await runNode(place, [program, entry, edited]);
      return JSON.parse(stdout);
    },
  };
}

async function generate(place: Place, scratch: string): Promise<GeneratedFiles> {
  const skein = join(place.root, 'packages', 'skein');
  return await generateModules({ folder: join(scratch, 'generated'), modules, skein });
}
