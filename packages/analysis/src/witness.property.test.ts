import { build } from 'esbuild';
import fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestWorkspace, freshCodes } from '../test/workspace.ts';
import type { Files } from '../test/workspace.ts';

/** A program of few modules, each with functions that use those of the same or later ones. */
interface Program {
  readonly modules: readonly (readonly Declared[])[];
}

interface Declared {
  readonly kind: 'function' | 'constant' | 'class' | 'table';
  readonly value: number;
  /** Other declarations, as steps forward from this one. */
  readonly uses: readonly number[];
}

const declared: fc.Arbitrary<Declared> = fc.record({
  kind: fc.constantFrom('function', 'constant', 'class', 'table'),
  value: fc.integer({ min: 0, max: 9 }),
  uses: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
});

const program: fc.Arbitrary<Program> = fc.record({
  modules: fc.array(fc.array(declared, { minLength: 1, maxLength: 4 }), {
    minLength: 2,
    maxLength: 4,
  }),
});

function filesOf({ modules }: Program): Files {
  const all = modules.flatMap((list, module) => list.map((it) => ({ ...it, module })));
  const files: Record<string, string> = {};
  for (const module of modules.keys()) {
    const imports = new Map<number, Set<string>>();
    const lines = all.flatMap((it, index) => {
      if (it.module !== module) return [];
      const used = [...new Set(it.uses.map((step) => index + step))].filter(
        (at) => at < all.length,
      );
      for (const at of used) {
        const other = all[at]?.module ?? module;
        if (other === module) continue;
        imports.set(other, (imports.get(other) ?? new Set()).add(`d${at}`));
      }
      return [declarationText(it, index, used)];
    });
    const heads = [...imports].map(
      ([from, names]) => `import { ${[...names].join(', ')} } from './m${from}.ts';`,
    );
    files[`src/m${module}.ts`] = [...heads, ...lines].join('\n');
  }
  files['src/main.ts'] = `import { environment } from 'skein';
import { d0 } from './m0.ts';
const env = environment({ name: 'e' });
export const a = env.task(async () => String(d0));\n`;
  return files;
}

function declarationText(it: Declared, index: number, used: readonly number[]): string {
  const calls = [it.value, ...used.map((at) => `String(d${at})`)].join(', ');
  const name = `d${index}`;
  switch (it.kind) {
    case 'function':
      return `export function ${name}() { return [${calls}]; }`;
    case 'constant':
      return `export const ${name} = () => [${calls}];`;
    case 'class':
      return `export class ${name} { m() { return [${calls}]; } }`;
    case 'table':
      return `export const ${name} = { f: () => [${calls}], n: ${it.value} };`;
  }
}

/** What esbuild keeps of the program when everything unused is shaken off. */
async function shaken(workspace: TestWorkspace): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(workspace.root, 'src/main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    external: ['skein'],
    minifyWhitespace: true,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

test('P1: the code digest changes whenever the tree-shaken bundle does, else not', async () => {
  const workspace = new TestWorkspace({});
  await fc.assert(
    fc.asyncProperty(program, fc.nat(), async (before, seed) => {
      const total = before.modules.flat().length;
      let index = 0;
      const after: Program = {
        modules: before.modules.map((list) =>
          list.map((it) => (index++ === seed % total ? { ...it, value: it.value + 10 } : it)),
        ),
      };
      workspace.write(filesOf(before));
      const [one, witness] = [await workspace.codes(), await shaken(workspace)];
      workspace.write(filesOf(after));
      const two = await workspace.codes();
      const changed = (await shaken(workspace)) !== witness;
      expect(two['a'] !== one['a']).toBe(changed);
      expect(two).toEqual(await freshCodes(workspace));
    }),
    { numRuns: 40 },
  );
});
