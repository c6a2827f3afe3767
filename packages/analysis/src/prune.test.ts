import {
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestWorkspace, emptyFolder } from '../test/workspace.ts';
import { analyse } from './analyse.ts';
import { prune } from './prune.ts';
import { KEPT_FOLDER, KEPT_VERSION } from './settings.ts';

const DAY_MS = 86_400_000;
const MAIN = (value: number) =>
  `import { environment } from 'skein';\nconst env = environment({ name: 'e' });\n` +
  `export const a = env.task(async () => ${value});\n`;

/** A workspace whose entry was analysed and bundled, edited, analysed and bundled again. */
async function edited(): Promise<TestWorkspace> {
  const workspace = new TestWorkspace({ 'src/main.ts': MAIN(1) });
  await (await workspace.analysis()).ensureBundle();
  workspace.write({ 'src/main.ts': MAIN(2) });
  await (await workspace.analysis()).ensureBundle();
  return workspace;
}

function counts({ state }: TestWorkspace): readonly number[] {
  const kept = join(state, KEPT_FOLDER, KEPT_VERSION);
  const folders = ['emitted', 'facts', 'sources'].map((it) => join(kept, it));
  return folders.map((it) => readdirSync(it).length);
}

test('what no record names is removed once it is old, and the rest still answers', async () => {
  const workspace = await edited();
  const before = counts(workspace);
  prune(workspace.state, Date.now() + DAY_MS);
  expect(counts(workspace)).toEqual(before);
  prune(workspace.state, Date.now() + 8 * DAY_MS);
  expect(before).toEqual([2, 2, 1]);
  expect(counts(workspace)).toEqual([1, 1, 1]);
  const analysis = await workspace.analysis();
  const parts = [...analysis.manifests.values()].flatMap((it) => it.parts);
  expect(parts.map((it) => it.kind)).toEqual(['setting', 'symbol']);
  expect(await analysis.ensureBundle()).toMatchObject({ ok: true });
});

test('an entry that nobody analyses any more is removed with what it names', async () => {
  const workspace = await edited();
  prune(workspace.state, Date.now() + 31 * DAY_MS);
  expect(counts(workspace)).toEqual([0, 0, 0]);
  expect(await workspace.codes()).toHaveProperty('a');
});

test('an entry that is analysed stays, though nothing changes', async () => {
  const workspace = await edited();
  const entries = join(workspace.state, KEPT_FOLDER, KEPT_VERSION, 'entries');
  const [entry = ''] = readdirSync(entries);
  const past = Date.now() / 1000 - 40 * (DAY_MS / 1000);
  utimesSync(join(entries, entry, 'record.json'), past, past);
  await workspace.codes();
  prune(workspace.state, Date.now());
  expect(readdirSync(entries)).toEqual([entry]);
});

test('PARITY 14: bundles stay, however old: a recorded run may need one', async () => {
  const workspace = await edited();
  prune(workspace.state, Date.now() + 365 * DAY_MS);
  expect(readdirSync(join(workspace.state, 'bundles'))).toHaveLength(2);
});

test('folders of other versions go once they are old; a linked folder is left alone', async () => {
  const workspace = await edited();
  const kept = join(workspace.state, KEPT_FOLDER);
  const old = join(kept, 'v0', 'entries');
  mkdirSync(old, { recursive: true });
  const elsewhere = emptyFolder();
  writeFileSync(join(elsewhere, 'x'), '');
  workspace.remove(`.skein/${KEPT_FOLDER}/${KEPT_VERSION}/facts`);
  symlinkSync(elsewhere, join(kept, KEPT_VERSION, 'facts'));
  prune(workspace.state, Date.now());
  expect(existsSync(old)).toBe(true);
  prune(workspace.state, Date.now() + 31 * DAY_MS);
  expect(existsSync(old)).toBe(false);
  expect(existsSync(join(elsewhere, 'x'))).toBe(true);
});

test('D6: what was just analysed stays, though the clock has jumped a year since', async () => {
  const { root, state } = new TestWorkspace({ 'src/main.ts': MAIN(1) });
  const now = (): number => Date.now() + 365 * DAY_MS;
  const result = await analyse({ root, entry: join(root, 'src/main.ts'), state, now });
  if (!result.ok) throw new Error('it is not analysed');
  expect(await result.analysis.ensureBundle()).toMatchObject({ ok: true });
});
