import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import { installTracking } from '@skein/tracking';
import { ActionWatcher } from '../src/action-watcher.ts';
import { ProcessLog } from '../src/process-log.ts';
import { WaveRecorder } from '../src/waves.ts';

/** What watching costs an action, in a process of its own: microseconds. */
const [root = ''] = process.argv.slice(2);
const FILES = 200;
const ROUNDS = 100;
const elapsed = performance.now.bind(performance);
const now = Date.now.bind(Date);
const plainRead = readFileSync;

const state = join(root, '.skein');
const files = Array.from({ length: FILES }, (_, index) => join(root, 'data', `${index}.txt`));
const bundle = join(state, 'bundles', 'bundle.cjs');
const library = join(root, 'node_modules', 'library', 'index.js');

/** The author's code: stacks name the bundle, in the state directory. */
const SOURCE = `
const { readFileSync } = require('node:fs');
exports.readAll = (paths) => { for (const path of paths) readFileSync(path); };
exports.from = (depth, work) => (depth === 0 ? work() : exports.from(depth - 1, work));
exports.load = () => require(${JSON.stringify(library)});
`;

interface Bundle {
  readonly readAll: (paths: readonly string[]) => void;
  readonly from: (depth: number, work: () => void) => void;
  readonly load: () => void;
}

function prepare(): void {
  for (const folder of ['data', 'node_modules/library', '.skein/bundles']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of files) writeFileSync(file, `content of ${file}`.repeat(10));
  writeFileSync(bundle, SOURCE);
  writeFileSync(library, '');
  writeFileSync(join(root, 'node_modules', 'library', 'package.json'), '{ "name": "library" }');
}

let watcher: ActionWatcher | undefined;

/** One action; what it leaves is what a trace is made of. */
function act(log: ProcessLog, work: () => void): void {
  const recorder = new WaveRecorder();
  const host = { wrote: (): void => undefined };
  const settings = { recorder, log, host, retains: false, strict: false };
  watcher = new ActionWatcher({ ...settings, raise: () => undefined });
  work();
  watcher.end();
  watcher = undefined;
  void recorder.finish();
  void log.prefix();
}

/** The median of rounds, microseconds for each of `count`. */
function time(count: number, round: () => void): number {
  const taken: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const started = elapsed();
    round();
    taken.push(elapsed() - started);
  }
  taken.sort((a, b) => a - b);
  return ((taken[ROUNDS / 2] ?? 0) * 1000) / count;
}

prepare();
const floor = time(FILES, () => {
  for (const file of files) digestOf('blob', plainRead(file));
});
installTracking({
  root,
  state,
  scratch: join(state, 'scratch'),
  passThrough: [],
  watcher: () => watcher,
  place: () => undefined,
  now,
});
const author = createRequire(import.meta.url)(bundle) as Bundle;
const log = new ProcessLog({ history: false });
const readAll = (): void => act(log, () => author.readAll(files));
const file = time(FILES, readAll) - floor;
author.load();
const fileWithPackages = time(FILES, readAll) - floor;
const fileDeep =
  time(FILES, () => act(log, () => author.from(50, () => author.readAll(files)))) - floor;
const none = (): void => undefined;
const task = time(FILES, () => {
  for (let index = 0; index < FILES; index += 1) act(log, none);
});
process.stdout.write(`${JSON.stringify({ floor, file, fileWithPackages, fileDeep, task })}\n`);
