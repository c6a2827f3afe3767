import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { narrow, type Comparison } from './comparison.ts';
import { analysis } from './comparisons/analysis.ts';
import { containers } from './comparisons/containers.ts';
import { fanOutActions, sequentialActions } from './comparisons/no-op-actions.ts';
import { coldPipeline } from './comparisons/pipeline-cold.ts';
import { warmPipeline } from './comparisons/pipeline-warm.ts';
import { commandStart } from './comparisons/start.ts';
import { tracking } from './comparisons/tracking.ts';
import { putIntoDocument } from './document.ts';
import { describeMachine, thisMachine } from './machine.ts';
import { measure, type Measuring } from './measure.ts';
import { installPeers } from './peer.ts';
import { installEnvironment, measuredEnvironment, runNode, type Place } from './place.ts';
import { judgeRow, type Row } from './row.ts';
import { runProgram } from './run-program.ts';
import { parseSelection, usage, type Selection } from './selection.ts';
import { renderMarkdown, renderTable } from './table.ts';

const root = dirname(import.meta.dirname);
const say = (line: string) => void process.stderr.write(`${line}\n`);

const plans: readonly ((place: Place) => Comparison)[] = [
  sequentialActions,
  fanOutActions,
  coldPipeline,
  warmPipeline,
  commandStart,
  analysis,
  tracking,
  containers,
];

async function main(flags: readonly string[]): Promise<number> {
  const place = await makePlace();
  const all = plans.map((plan) => plan(place));
  const ids = new Set(all.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const selection = parseSelection(flags, ids);
  if ('wrong' in selection) {
    say(`${selection.wrong}\n${usage}`);
    return 2;
  }
  const unbuilt = await build(place);
  if (unbuilt !== undefined) {
    say(`skein could not be built, so nothing is measured: the build ${unbuilt}`);
    return 1;
  }
  const machine = describeMachine(thisMachine());
  say(machine);
  const rows = await measureAll(all, selection);
  process.stdout.write(`${machine}; medians of ${selection.samples}\n\n${renderTable(rows)}\n`);
  await keep(rows);
  if (selection.document) await document(rows, `${machine}; medians of ${selection.samples}.`);
  return 0;
}

/** What is measured is what the sources say now. Gives what was wrong. */
async function build(place: Place): Promise<string | undefined> {
  try {
    await runNode(place, [join('scripts', 'build.ts')]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function makePlace(): Promise<Place> {
  const node = process.execPath;
  const environment = measuredEnvironment(process.env, node);
  const install = (cwd: string) =>
    runProgram({
      file: 'npm',
      args: ['ci'],
      cwd,
      environment: installEnvironment(process.env),
      limitMs: 300_000,
    });
  const peers = await installPeers(join(root, 'bench', 'peers'), install);
  return { root, node, environment, cores: availableParallelism(), peers };
}

async function measureAll(all: readonly Comparison[], selection: Selection): Promise<Row[]> {
  const rows: Row[] = [];
  const measuring: Measuring = {
    samples: selection.samples,
    now: () => performance.now(),
    withFolder,
    progress: (line) => say(`  ${line}`),
  };
  for (const whole of all) {
    const comparison = narrow(whole, selection.only);
    if (comparison === undefined) continue;
    say([...new Set(comparison.rows.map(({ id }) => id))].join(', '));
    const series = await measure(comparison.subjects, measuring);
    const own = series.get('skein') ?? { readings: [] };
    rows.push(
      ...comparison.rows.map((plan) => judgeRow(plan, own, series.get(plan.peer?.name ?? ''))),
    );
  }
  return rows;
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What was measured now and nothing else: a row that was left out has no figure. */
async function keep(rows: readonly Row[]): Promise<void> {
  const file = join(root, 'bench', 'results', 'latest.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(rows, null, 2)}\n`);
}

async function document(rows: readonly Row[], heading: string): Promise<void> {
  const file = join(root, 'docs', 'BENCHMARKS.md');
  const text = await readFile(file, 'utf8');
  await writeFile(file, putIntoDocument(text, `\n${heading}\n\n${renderMarkdown(rows)}\n`));
}

process.exitCode = await main(process.argv.slice(2));
