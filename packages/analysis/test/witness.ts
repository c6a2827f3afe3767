import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analyse } from '../src/index.ts';
import { randomEdit } from './witness/edit.ts';
import type { Edit } from './witness/edit.ts';
import { Random } from './witness/random.ts';
import { shakenBundles } from './witness/shaken.ts';
import type { Shaken } from './witness/shaken.ts';
import { SOURCE_TREES, copyTree, exportedNames, modulesIn } from './witness/source-tree.ts';
import type { SourceTree } from './witness/source-tree.ts';
import { usedText } from './witness/used.ts';

export interface WitnessRequest {
  readonly edits: number;
  readonly seed: number;
  readonly trees?: readonly SourceTree[];
}

/** An edit, and one of the tasks that were compared behind it. */
export interface Judgement {
  readonly tree: string;
  readonly path: string;
  readonly task: string;
  readonly edit: Edit;
}

export interface WitnessReport {
  edits: number;
  /** Edits times tasks. */
  judged: number;
  bundleChanged: number;
  digestChanged: number;
  /** The digest stayed, and only what unused initialisers lead to changed in the bundle. */
  onlyInitialisers: number;
  /** The digest changed, though the shaken bundle did not. */
  readonly needless: Judgement[];
  /** The digest stayed, though the shaken bundle says that the task is another one. */
  readonly falseHits: Judgement[];
}

const TASKS = 8;
const FEWEST_TASKS = 3;
/** Kept state is thrown away after so many edits: from then on it is a first analysis again. */
const EDITS_OF_STATE = 60;

/** Edits real source trees at random, and compares code digests with esbuild's shaken bundles. */
export async function witness(request: WitnessRequest): Promise<WitnessReport> {
  const { edits, seed, trees = SOURCE_TREES } = request;
  const report: WitnessReport = {
    edits: 0,
    judged: 0,
    bundleChanged: 0,
    digestChanged: 0,
    onlyInitialisers: 0,
    needless: [],
    falseHits: [],
  };
  for (const [index, tree] of trees.entries()) {
    const own = Math.floor(edits / trees.length) + (index < edits % trees.length ? 1 : 0);
    const bench = new Bench(tree, new Random(seed * 1000 + index));
    try {
      await bench.run(own, report);
    } finally {
      bench.remove();
    }
  }
  return report;
}

/** One source tree as a workspace with tasks that use its exports. */
class Bench {
  readonly #tree: SourceTree;
  readonly #random: Random;
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-witness-')));
  #names: readonly string[] = [];
  readonly #paths: readonly string[];
  #states = 0;

  constructor(tree: SourceTree, random: Random) {
    this.#tree = tree;
    this.#random = random;
    const lib = join(this.#root, 'lib');
    copyTree(tree, lib);
    const folder = tree.entry.includes('/') ? tree.entry.slice(0, tree.entry.indexOf('/') + 1) : '';
    this.#paths = modulesIn(lib).filter((it) => it.startsWith(folder));
    writeFileSync(join(this.#root, 'package.json'), '{ "name": "w", "type": "module" }');
    mkdirSync(join(this.#root, 'src'));
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Some of the exported values, always the same ones for a seed. */
  async #chooseNames(): Promise<void> {
    const entry = join(this.#root, 'lib', this.#tree.entry);
    const all = exportsOf(entry);
    const folder = join(this.#root, 'lib');
    const open = [...all];
    const chosen: string[] = [];
    while (chosen.length < TASKS && open.length > 0) {
      const [name = ''] = open.splice(this.#random.below(open.length), 1);
      const [bundle] =
        (await shakenBundles({ folder, entry: this.#tree.entry, names: [name] })) ?? [];
      // A type that is exported as if it were a value leaves nothing, or cannot be bundled.
      if (bundle !== undefined && / as it\b/.test(bundle.text)) chosen.push(name);
    }
    if (chosen.length < FEWEST_TASKS) throw new Error(`${this.#tree.entry} exports too little`);
    this.#names = [...chosen].sort();
    writeFileSync(join(this.#root, 'src/main.ts'), this.#main());
  }

  #main(): string {
    const imports = this.#names.map((it, index) => `${it} as e${index}`).join(', ');
    const tasks = this.#names.map(
      (_, index) => `export const t${index} = env.task(async () => e${index});`,
    );
    return [
      "import { environment } from 'skein';",
      `import { ${imports} } from '../lib/${this.#tree.entry}';`,
      "const env = environment({ name: 'w' });",
      ...tasks,
    ].join('\n');
  }

  async run(edits: number, report: WitnessReport): Promise<void> {
    await this.#chooseNames();
    const bundles = await this.#bundles();
    const codes = await this.#codes();
    if (bundles === undefined || codes === undefined) {
      throw new Error(`${this.#tree.package}/${this.#tree.entry} cannot be bundled as it is`);
    }
    let done = 0;
    for (let tries = 0; done < edits && tries < edits * 20; tries++) {
      const path = this.#random.pick(this.#paths) ?? '';
      const file = join(this.#root, 'lib', path);
      const source = readFileSync(file, 'utf8');
      const edit = randomEdit(path, source, this.#random);
      if (edit === undefined) continue;
      writeFileSync(file, source.slice(0, edit.start) + edit.text + source.slice(edit.end));
      const edited = await this.#bundles(edit.renames);
      const now = edited === undefined ? undefined : await this.#codes();
      writeFileSync(file, source);
      if (edited === undefined || now === undefined) continue;
      done += 1;
      if (done % EDITS_OF_STATE === 0) this.#forget();
      this.#judge({ path, edit, bundles, edited, codes, now }, report);
    }
    report.edits += done;
  }

  #judge(found: Judged, report: WitnessReport): void {
    const { path, edit, bundles, edited, codes, now } = found;
    for (const [index, name] of this.#names.entries()) {
      const [one, two] = [bundles[index], edited[index]];
      const isChanged = edit.moves ? one?.sorted !== two?.sorted : one?.small !== two?.small;
      const isOther = codes[`t${index}`] !== now[`t${index}`];
      report.judged += 1;
      if (isChanged) report.bundleChanged += 1;
      if (isOther) report.digestChanged += 1;
      const tree = `${this.#tree.package}/${this.#tree.entry}`;
      const judgement = { tree, path, task: name, edit };
      if (isOther && !isChanged) report.needless.push(judgement);
      if (!isChanged || isOther) continue;
      if (usedText(one?.text ?? '') === usedText(two?.text ?? '')) report.onlyInitialisers += 1;
      else report.falseHits.push(judgement);
    }
  }

  #forget(): void {
    rmSync(this.#state(), { recursive: true, force: true });
    this.#states += 1;
  }

  #state(): string {
    return join(this.#root, `.skein-${this.#states}`);
  }

  #bundles(renames?: Edit['renames']): Promise<readonly Shaken[] | undefined> {
    const folder = join(this.#root, 'lib');
    return shakenBundles({ folder, entry: this.#tree.entry, names: this.#names }, renames);
  }

  async #codes(): Promise<Readonly<Record<string, string>> | undefined> {
    const entry = join(this.#root, 'src/main.ts');
    const result = await analyse({ root: this.#root, entry, state: this.#state() });
    if (!result.ok) return undefined;
    return Object.fromEntries(result.analysis.tasks.map((it) => [it.name, it.code]));
  }
}

interface Judged {
  readonly path: string;
  readonly edit: Edit;
  readonly bundles: readonly Shaken[];
  readonly edited: readonly Shaken[];
  readonly codes: Readonly<Record<string, string>>;
  readonly now: Readonly<Record<string, string>>;
}

/** Names that a module exports, also behind `export *` of the same tree. */
function exportsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  const stars = [...source.matchAll(/^export \* from ["'](.+?)["']/gm)].flatMap(([, it = '']) => {
    const target = join(file, '..', it.replace(/\.js$/, '.ts'));
    return exportsOf(target.endsWith('.ts') ? target : `${target}.ts`, seen);
  });
  return [...new Set([...exportedNames(file, source), ...stars])].sort();
}

/** `node packages/analysis/test/witness.ts --edits 5000 --seed 1` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { edits: { type: 'string' }, seed: { type: 'string' }, tree: { type: 'string' } },
  });
  const trees = SOURCE_TREES.filter(
    (it) => values.tree === undefined || it.entry === values.tree || it.package === values.tree,
  );
  const seed = Number(values.seed ?? 1);
  const report = await witness({ edits: Number(values.edits ?? 1000), seed, trees });
  const { needless, falseHits } = report;
  const unchanged = Math.max(1, report.judged - report.bundleChanged);
  const share = ((100 * needless.length) / unchanged).toFixed(2);
  process.stdout.write(
    [
      `seed ${seed}: ${report.edits} edits, ${report.judged} judged`,
      `bundle changed ${report.bundleChanged}, digest changed ${report.digestChanged}`,
      `bundle changed in what only unused initialisers lead to: ${report.onlyInitialisers}`,
      `false hits ${falseHits.length}, needless misses ${needless.length} (${share} %)`,
      ...falseHits.map((it) => `false hit: ${JSON.stringify(it)}`),
      ...needless.map((it) => `needless miss: ${JSON.stringify(it)}`),
      '',
    ].join('\n'),
  );
}

if (import.meta.main) await main();
