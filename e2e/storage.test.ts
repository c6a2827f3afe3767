import { randomBytes } from 'node:crypto';
import { cp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, listRuns, runTask, type Answer } from './support/answer.ts';
import { checkCode, skein } from './support/command.ts';
import { mountDisk } from './support/disk.ts';
import { useSandbox } from './support/suite.ts';

const fill = 'e2e/pipelines/fill.ts';
const KIB = 1024;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

describe('a full disk', () => {
  test('in the middle of a run is exit 1; with room, the same run ends well', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'disk'), 4_000);
    const variables = { SKEIN_STATE: join(disk.path, 'state') };
    const args = ['run', fill, '--count', '200', '--json'];
    const full = await skein(sandbox, args, { variables });
    checkCode(full, 1);
    const answer = answerOf(full);
    expect(answer).toMatchObject({ status: 'failed', result: null, error: { class: 'disk-full' } });
    expect(full.stderr).toContain('error[disk-full]: ');
    expect(full.stderr).toContain('  hint: free some room, or put the state elsewhere');

    disk.grow(64_000);
    for (const [, status] of await listRuns(sandbox, { variables })) {
      expect(status).not.toBe('succeeded');
    }
    const { result, actions } = await runTask(sandbox, args.slice(1, -1), { variables });
    expect(result).toBe(200 * 64 * KIB);
    expect(actions.total).toBe(201);
    const { actions: then } = await runTask(sandbox, args.slice(1, -1), { variables });
    expect(then.executed).toBe(0);
  });

  test('R1 P3: ends a resume, too; the next one has what both had finished', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'resumed'), 4_000);
    const variables = { SKEIN_STATE: join(disk.path, 'state') };
    const uncached = async (args: readonly string[], code: number): Promise<Answer> => {
      const ended = await skein(sandbox, [...args, '--json'], { variables });
      checkCode(ended, code);
      return answerOf(ended);
    };
    const first = await uncached(['run', fill, 'drawn', '--count', '100'], 1);
    expect(first.error?.class).toBe('disk-full');
    const nothing = await uncached(['resume'], 1);
    expect([nothing.error?.class, nothing.actions.executed]).toEqual(['disk-full', 0]);
    disk.grow(7_000);
    const second = await uncached(['resume'], 1);
    expect(second.error?.class).toBe('disk-full');
    expect(second.actions.adopted).toBeGreaterThan(0);
    disk.grow(64_000);
    const { result, actions } = await uncached(['resume'], 0);
    expect(result).toBe(100 * 64 * KIB);
    expect(actions.adopted).toBeGreaterThan(second.actions.adopted);
    expect(actions.executed + actions.adopted).toBe(101);
  });

  test('from the very start is exit 1, and nothing executes', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'tiny'), 16);
    const variables = { SKEIN_STATE: join(disk.path, 'state') };
    await writeFile(join(disk.path, 'rest'), Buffer.alloc(64 * KIB)).catch(() => undefined);
    const ended = await skein(sandbox, ['run', fill, '--count', '1', '--json'], { variables });
    checkCode(ended, 1);
    const { status, error, actions } = answerOf(ended);
    expect([status, error?.class, actions.executed]).toEqual(['failed', 'disk-full', 0]);
  });
});

/** Three hundred results that lie in the database, three that lie in files. */
const small = ['--count', '300', '--kibibytes', '1'];
const large = ['--count', '3'];

const damages: readonly (readonly [what: string, damage: (file: string) => Promise<void>])[] = [
  ['overwritten at its beginning', async (file) => await overwrite(file, 0, 16 * KIB)],
  ['overwritten in the middle', async (file) => await overwrite(file, 64 * KIB, 128 * KIB)],
  ['overwritten as a whole', async (file) => await overwrite(file, 0, (await stat(file)).size)],
  ['cut off', async (file) => await truncate(file, 5_000)],
  ['a text file', async (file) => await writeFile(file, 'not a database\n'.repeat(1_000))],
];

describe('a state database that is', () => {
  let before: Answer;
  let known: string;

  beforeAll(async () => {
    known = join(sandbox.folder, 'small');
    before = await runTask(sandbox, [fill, ...small], { variables: { SKEIN_STATE: known } });
  });

  test.each(damages)('%s is set aside, and the run goes on (D6)', async (_, damage) => {
    const state = join(sandbox.folder, 'damaged');
    const variables = { SKEIN_STATE: state };
    await rm(state, { recursive: true, force: true });
    await cp(known, state, { recursive: true });
    const folder = join(state, 'v1');
    const rest = (await readdir(folder)).filter((name) => /^state\.db-(?:wal|shm)$/.test(name));
    for (const name of rest) await rm(join(folder, name));
    await damage(join(folder, 'state.db'));

    const ended = await skein(sandbox, ['run', fill, ...small, '--json'], { variables });
    checkCode(ended, 0);
    const { result, actions } = answerOf(ended);
    expect(result).toBe(300 * KIB);
    expect(ended.stderr.match(/^warning\[state-corrupt\]: /gm)).toHaveLength(1);
    expect(actions.executed).toBe(before.actions.executed);
    const aside = (await readdir(folder)).filter((name) => /^state\.db\.corrupt-\S+/.test(name));
    expect(aside.length).toBeGreaterThan(0);

    const next = await skein(sandbox, ['run', fill, ...small, '--json'], { variables });
    expect(answerOf(next).actions.executed).toBe(0);
    expect(next.stderr).not.toContain('state-corrupt');
  });
});

describe('what lies in the state directory', () => {
  let known: string;

  beforeAll(async () => {
    known = join(sandbox.folder, 'large');
    await runTask(sandbox, [fill, ...large], { variables: { SKEIN_STATE: known } });
  });

  test.each([
    ['deleted', async (file: string) => await rm(file)],
    ['cut off', async (file: string) => await truncate(file, 100)],
    ['overwritten', async (file: string) => await overwrite(file, 20, 100)],
  ])('is never a wrong result: blobs that are %s (P4)', async (what, damage) => {
    const state = join(sandbox.folder, `blobs-${what}`);
    const variables = { SKEIN_STATE: state };
    await cp(known, state, { recursive: true });
    const entries = await readdir(join(state, 'blobs'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files) await damage(join(parentPath, name));
    // The arguments are others for the caller, the same for the tasks whose results are damaged.
    const { result } = await runTask(sandbox, [fill, '--count', '4'], { variables });
    expect(result).toBe(4 * 64 * KIB);
  });

  test('is never in the way: bundles that are damaged (P4)', async () => {
    const state = join(sandbox.folder, 'bundles');
    const variables = { SKEIN_STATE: state };
    await cp(known, state, { recursive: true });
    const bundles = join(state, 'bundles');
    const entries = await readdir(bundles, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files) await truncate(join(parentPath, name), 100);
    const { result } = await runTask(sandbox, [fill, '--count', '4'], { variables });
    expect(result).toBe(4 * 64 * KIB);
  });

  test('may be deleted as a whole: it is only forgotten (D6)', async () => {
    const state = join(sandbox.folder, 'forgotten');
    const variables = { SKEIN_STATE: state };
    const before = await runTask(sandbox, [fill, ...large], { variables });
    await rm(state, { recursive: true });
    const after = await runTask(sandbox, [fill, ...large], { variables });
    expect(after.actions).toEqual(before.actions);
    expect(after.result).toEqual(before.result);
  });
});

/** Bytes that mean nothing, from an offset; what lies behind the end is not written. */
async function overwrite(file: string, offset: number, length: number): Promise<void> {
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  await handle.write(randomBytes(Math.max(0, Math.min(length, size - offset))), 0, null, offset);
  await handle.close();
}
