import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A pipeline whose code is spread over many modules, all of which its tasks reach. */
export interface GeneratedPipeline {
  /** An empty folder. */
  readonly folder: string;
  readonly modules: number;
  /** The folder of the package `skein`, which the generated tasks import. */
  readonly skein: string;
}

/** Paths of what was generated. */
export interface GeneratedFiles {
  readonly entry: string;
  /** A module in the middle of the tree; `editOf` changes what it does. */
  readonly edited: string;
}

const modulesInFolder = 50;
const functions = 6;

/** Writes the pipeline. The same request gives the same bytes. */
export async function generateModules(request: GeneratedPipeline): Promise<GeneratedFiles> {
  const { folder, modules, skein } = request;
  const write = async (path: string, text: string): Promise<string> => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(skein, join(folder, 'node_modules', 'skein'), 'dir');
  await write('package.json', '{ "name": "generated", "private": true, "type": "module" }\n');
  await write('package-lock.json', '{ "name": "generated", "lockfileVersion": 3 }\n');
  for (let index = 0; index < modules; index += 1) {
    await write(pathOf(index), moduleText(index, modules));
  }
  const entry = await write('src/main.ts', entryText(modules));
  return { entry, edited: join(folder, pathOf(Math.floor(modules / 2))) };
}

/** The text of a module after its author has changed what one of its functions gives. */
export function editOf(text: string, edit: number): string {
  return text.replace(/(let total = )[\d_]+;/, `$1${edit + 1};`);
}

function pathOf(index: number): string {
  const folder = `area-${Math.floor(index / modulesInFolder)}`;
  return `src/${folder}/module-${index}.ts`;
}

/** A binary tree, with one more import across: every module is reached, some by several ways. */
function importsOf(index: number, modules: number): readonly number[] {
  const wanted = [2 * index + 1, 2 * index + 2, index + 7];
  return [...new Set(wanted)].filter((it) => it < modules);
}

function moduleText(index: number, modules: number): string {
  const imports = importsOf(index, modules);
  const lines = imports.map((it) => {
    const path = `../../${pathOf(it)}`;
    return `import { weigh${it}, type Item${it} } from '${path}';`;
  });
  return [
    ...lines,
    '',
    `/** What the functions of module ${index} hand to each other. */`,
    `export interface Item${index} {`,
    '  readonly name: string;',
    '  readonly weight: number;',
    `  readonly parts: readonly (${imports.map((it) => `Item${it}`).join(' | ') || 'string'})[];`,
    '}',
    '',
    `const limits${index} = { low: ${index}, high: ${index * 3 + 10}, step: ${(index % 7) + 1} };`,
    '',
    ...Array.from({ length: functions }, (_, at) => functionText(index, at)).flat(),
    `/** The weight of a name, over everything that module ${index} imports. */`,
    `export function weigh${index}(name: string): number {`,
    `  const item: Item${index} = { name, weight: name.length, parts: [] };`,
    `  let total = ${index};`,
    ...Array.from({ length: functions }, (_, at) => `  total += step${index}_${at}(item);`),
    ...imports.map((it) => `  total += weigh${it}(name) % limits${index}.high;`),
    '  return total;',
    '}',
    '',
  ].join('\n');
}

function functionText(index: number, at: number): readonly string[] {
  return [
    `// Step ${at} keeps the weight between the limits of its module.`,
    `function step${index}_${at}(item: Item${index}): number {`,
    `  const { low, high, step } = limits${index};`,
    `  const letters = [...item.name].filter((letter) => letter !== '${'abcdef'[at] ?? 'z'}');`,
    `  const weight = item.weight * ${at + 2} + letters.length;`,
    '  if (weight > high) return high - (weight % step);',
    `  return weight < low ? low + ${at} : weight;`,
    '}',
    '',
  ];
}

function entryText(modules: number): string {
  const reached = [0, 1, 2].filter((it) => it < modules);
  return [
    `import { environment, map } from 'skein';`,
    ...reached.map((it) => `import { weigh${it} } from './${pathOf(it).slice('src/'.length)}';`),
    '',
    `const generated = environment({ name: 'generated', cache: 'auto' });`,
    '',
    ...reached.flatMap((it) => [
      `export const task${it} = generated.task(`,
      `  async (name: string): Promise<number> => weigh${it}(name),`,
      ');',
      '',
    ]),
    'export const main = generated.task(',
    '  async (names: readonly string[] = []): Promise<readonly number[]> => {',
    '    const weights: number[] = [];',
    ...reached.map((it) => `    weights.push(...(await map(task${it}, names)));`),
    '    return weights;',
    '  },',
    ');',
    '',
  ].join('\n');
}
