import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestWorkspace, emptyFolder } from '../test/workspace.ts';
import type { AnalysisResult } from './index.ts';

const MODULES = 4;
const NAMES = 3;

/** `f<name>` of another module, by name or through a namespace. */
interface Use {
  readonly module: number;
  readonly name: number;
  readonly how: 'named' | 'namespace' | 'dynamic';
}

interface Declaration {
  readonly kind: (typeof KINDS)[number];
  readonly value: number;
  readonly uses: readonly Use[];
}

interface Module {
  /** Where it lies: `./m1` finds either, and the file first where there are both. */
  readonly place: 'file' | 'folder' | 'both' | 'nowhere';
  readonly blankLines: number;
  readonly stars: readonly number[];
  readonly declarations: readonly Declaration[];
}

const KINDS = [
  'nothing',
  'function',
  'arrow',
  'made at load',
  'error class',
  'state',
  'effect',
  'task',
  'list',
] as const;

function isUse(use: Use): boolean {
  return use.how !== 'dynamic';
}

function expressionOf({ module, name, how }: Use, to: string): string {
  if (how === 'dynamic') return `import('${to}m${module}')`;
  return how === 'named' ? `String(f${name}_${module})` : `String(ns${module}.f${name})`;
}

function importsOf(uses: readonly Use[], to: string): string[] {
  const lines = uses
    .filter(isUse)
    .map(({ module, name, how }) =>
      how === 'named'
        ? `import { f${name} as f${name}_${module} } from '${to}m${module}';`
        : `import * as ns${module} from '${to}m${module}';`,
    );
  return [...new Set(lines)];
}

function declarationText(declared: Declaration, name: string, to: string): string {
  const { kind, value, uses } = declared;
  const list = `[${[`${value}`, ...uses.map((it) => expressionOf(it, to))].join(', ')}]`;
  switch (kind) {
    case 'function':
      return `export function ${name}() { return ${list}; }`;
    case 'arrow':
      return `const inner_${name} = () => ${list};\nexport const ${name} = () => inner_${name}();`;
    case 'made at load':
      return `export const ${name} = ${list};`;
    case 'error class':
      return `export class ${name} extends Error { list() { return ${list}; } }`;
    case 'state':
      return `export let ${name}: unknown;\nexport function set_${name}() { ${name} = ${list}; }`;
    case 'effect':
      return `console.log(${list});\nexport function ${name}() { return ${value}; }`;
    case 'task':
      return `export const ${name} = env.task(async () => ${list});`;
    case 'list':
      return (
        `const list_${name}: unknown[] = [];\n` +
        `export function ${name}() { list_${name}.push(${list}); return list_${name}; }`
      );
    case 'nothing':
      return '';
  }
}

/** `to`: the way from its folder to the other modules. */
function moduleText({ blankLines, stars, declarations }: Module, to: string): string {
  return [
    `import { env } from '${to}env.ts';`,
    ...importsOf(
      declarations.flatMap((it) => it.uses),
      to,
    ),
    ...stars.map((it) => `export * from '${to}m${it}';`),
    '\n'.repeat(blankLines),
    ...declarations.map((it, at) => declarationText(it, `f${at}`, to)),
  ].join('\n');
}

function writeModule(workspace: TestWorkspace, index: number, module: Module): void {
  const [file, inFolder] = [`src/m${index}.ts`, `src/m${index}/index.ts`];
  const { place } = module;
  for (const it of [file, inFolder]) workspace.remove(it);
  if (place === 'file' || place === 'both') workspace.write({ [file]: moduleText(module, './') });
  if (place === 'folder') workspace.write({ [inFolder]: moduleText(module, '../') });
  if (place === 'both') workspace.write({ [inFolder]: 'export const only = 1;' });
}

const use: fc.Arbitrary<Use> = fc.record({
  module: fc.nat({ max: MODULES - 1 }),
  name: fc.nat({ max: NAMES - 1 }),
  how: fc.constantFrom('named', 'named', 'named', 'namespace', 'dynamic'),
});
const declaration: fc.Arbitrary<Declaration> = fc.record({
  kind: fc.constantFrom(...KINDS.slice(1), ...KINDS),
  value: fc.nat({ max: 9 }),
  uses: fc.array(use, { maxLength: 2 }),
});
const module_: fc.Arbitrary<Module> = fc.record({
  place: fc.constantFrom('file', 'file', 'file', 'file', 'folder', 'both'),
  blankLines: fc.nat({ max: 2 }),
  stars: fc.array(fc.nat({ max: MODULES - 1 }), { maxLength: 1 }),
  declarations: fc.array(declaration, { minLength: NAMES, maxLength: NAMES }),
});

/** A change of one module; what it says nothing of stays. */
interface Edit {
  readonly module: number;
  readonly place?: Module['place'];
  readonly blankLines?: number;
  readonly stars?: readonly number[];
  readonly at: number;
  readonly declaration?: Declaration;
}

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ module: fc.nat(), at: fc.nat(), declaration }) },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        module: fc.nat(),
        at: fc.nat(),
        place: fc.constantFrom('file', 'file', 'folder', 'folder', 'both', 'both', 'nowhere'),
        blankLines: fc.nat({ max: 2 }),
        stars: fc.array(fc.nat({ max: MODULES - 1 }), { maxLength: 1 }),
      },
      { requiredKeys: ['module', 'at'] },
    ),
  },
);

function applied(module: Module, { declaration: given, at, ...fields }: Edit): Module {
  const { place, blankLines, stars } = { ...module, ...fields };
  const declarations = module.declarations.map((it, index) =>
    given !== undefined && index === at % NAMES ? given : it,
  );
  return { place, blankLines, stars, declarations };
}

/** Everything that an analysis says. */
function saying(result: AnalysisResult): unknown {
  if (!result.ok) return result.failures;
  const { modules, tasks, manifests, behaviours, bundleDigest, sourceDigest } = result.analysis;
  const { warnings } = result.analysis;
  const parts = [...manifests].map(([task, it]) => [task, it.digest, it.parts]);
  const graph = result.analysis.callGraph();
  const code = { bundleDigest, sourceDigest, modules, tasks, parts, graph };
  return { ...code, behaviours: [...behaviours], warnings };
}

async function fromScratch(workspace: TestWorkspace): Promise<unknown> {
  const { state } = workspace;
  workspace.state = emptyFolder();
  try {
    return saying(await workspace.result());
  } finally {
    workspace.state = state;
  }
}

const ENV = `import { environment } from 'skein';
export const env = environment({ name: 'e' });
`;
const MAIN = `import { f0 } from './m0';
import * as all from './m1';
import { env } from './env.ts';
export const main = env.task(async () => String(f0) + String(all.f1));
export const other = env.task(async () => main.forward());
`;

const RUNS = 12;

test('P1: after any edits, what was kept says the same as an analysis from scratch', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(module_, { minLength: MODULES, maxLength: MODULES }),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      async (modules, edits) => {
        const workspace = new TestWorkspace({
          'src/main.ts': MAIN,
          'src/env.ts': ENV,
        });
        const now = [...modules];
        for (const [index, it] of now.entries()) writeModule(workspace, index, it);
        expect(saying(await workspace.result())).toEqual(await fromScratch(workspace));
        for (const it of edits) {
          const index = it.module % MODULES;
          const before = now[index];
          if (before === undefined) continue;
          now[index] = applied(before, it);
          writeModule(workspace, index, now[index]);
          expect(saying(await workspace.result())).toEqual(await fromScratch(workspace));
        }
      },
    ),
    { numRuns: RUNS },
  );
});
