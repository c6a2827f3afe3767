import { type GeneratorCallback, installPackagesTask, readNxJson, type Tree } from '@nx/devkit';
import { addToJson, readJsonFile, setInJson } from '../edit-json.ts';
import { type OwnRanges, readOwnRanges } from './own-manifest.ts';

/** Options of `@skein/nx:init`; schema.json says what they mean. */
export interface InitOptions {
  readonly skipPackageJson?: boolean;
  readonly keepExistingVersions?: boolean;
}

const PLUGIN = '@skein/nx';
const STATE = '.skein/';

/**
 * Runs on `nx add @skein/nx`. What is there already stays as it is: twice is once, and nothing is
 * formatted, because the edits fit the layout that they find.
 */
export function initGenerator(tree: Tree, options: InitOptions): GeneratorCallback {
  registerPlugin(tree);
  ignoreState(tree);
  const { skipPackageJson = false, keepExistingVersions = true } = options;
  const changed = !skipPackageJson && addDependencies(tree, readOwnRanges(), keepExistingVersions);
  return () => {
    if (changed) installPackagesTask(tree);
  };
}

function registerPlugin(tree: Tree): void {
  const { plugins = [] } = readNxJson(tree) ?? {};
  const registered = plugins.some((one) => (typeof one === 'string' ? one : one.plugin) === PLUGIN);
  if (registered) return;
  const options = {
    executeTargetName: 'execute',
    planTargetName: 'plan',
    verifyTargetName: 'verify',
  };
  addToJson(tree, { path: 'nx.json', at: ['plugins'], value: { plugin: PLUGIN, options } });
}

function ignoreState(tree: Tree): void {
  const text = tree.read('.gitignore', 'utf-8') ?? '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.some((line) => /^(?:\/|\*\*\/)?\.skein\/?$/.test(line))) return;
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  tree.write('.gitignore', `${text}${end}${STATE}\n`);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Whether anything has to be installed. */
function addDependencies(tree: Tree, ranges: OwnRanges, keep: boolean): boolean {
  const wanted = [
    ['dependencies', 'skein', ranges.skein],
    ['devDependencies', PLUGIN, ranges.plugin],
  ] as const;
  const before = tree.read('package.json', 'utf-8');
  for (const [field, name, range] of wanted) {
    const manifest = (readJsonFile(tree, 'package.json') ?? {}) as Manifest;
    const fields = ['dependencies', 'devDependencies'] as const;
    const place = fields.find((one) => manifest[one]?.[name] !== undefined);
    if (place !== undefined && (keep || manifest[place]?.[name] === range)) continue;
    setInJson(tree, { path: 'package.json', at: [place ?? field, name], value: range });
  }
  return tree.read('package.json', 'utf-8') !== before;
}
