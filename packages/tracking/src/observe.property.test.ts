import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changedIn, nameOf, openWorkspace } from '../test/observed.ts';
import type { Seen, Workspace } from '../test/observed.ts';

/** Ways to the same observation, each giving the same answer. */
const QUESTIONS = {
  file: [
    (path: string) => fs.readFileSync(path, 'utf8'),
    (path: string) => fs.readFileSync(path).toString(),
    (path: string) => fsPromises.readFile(path, 'utf8'),
    (path: string) => promisify(fs.readFile)(path, 'utf8'),
    (path: string) => text(fs.createReadStream(path)),
    async (path: string) => {
      await using file = await fsPromises.open(path);
      return await file.readFile('utf8');
    },
    (path: string) => {
      const file = fs.openSync(path, 'r');
      try {
        return fs.readFileSync(file, 'utf8');
      } finally {
        fs.closeSync(file);
      }
    },
  ],
  listing: [
    (path: string) => fs.readdirSync(path),
    (path: string) => fs.readdirSync(path, { withFileTypes: true }).map(({ name }) => name),
    (path: string) => fsPromises.readdir(path),
    (path: string) => promisify(fs.readdir)(path),
    async (path: string) => {
      const names: string[] = [];
      for await (const { name } of await fsPromises.opendir(path)) names.push(name);
      return names;
    },
  ],
  exists: [
    (path: string) => fs.existsSync(path),
    (path: string) => promisify(fs.exists)(path),
    (path: string) =>
      fsPromises.access(path).then(
        () => true,
        () => false,
      ),
    (path: string) => {
      try {
        fs.accessSync(path);
        return true;
      } catch {
        return false;
      }
    },
  ],
  stat: [
    (path: string) => shown(fs.statSync(path)),
    async (path: string) => shown(await fsPromises.stat(path)),
    async (path: string) => shown(await promisify(fs.stat)(path)),
  ],
  lstat: [
    (path: string) => shown(fs.lstatSync(path)),
    async (path: string) => shown(await fsPromises.lstat(path)),
  ],
  real: [
    (path: string) => fs.realpathSync(path),
    (path: string) => fs.realpathSync.native(path),
    (path: string) => fsPromises.realpath(path),
    (path: string) => promisify(fs.realpath)(path),
    (path: string) => promisify(fs.realpath.native)(path),
  ],
  link: [
    (path: string) => fs.readlinkSync(path),
    (path: string) => fsPromises.readlink(path),
    (path: string) => promisify(fs.readlink)(path),
  ],
} as const;

function shown(stats: fs.Stats): unknown {
  return [
    stats.isFile(),
    stats.isDirectory(),
    stats.isSymbolicLink(),
    stats.isFile() && stats.size,
  ];
}

const path = fc.constantFrom('a', 'b', 'dir', 'dir/a', 'dir/b', 'dir/deep', 'dir/deep/a', 'link/a');

const question = fc.record({
  kind: fc.constantFrom(...(Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[])),
  path,
  form: fc.nat(),
});

type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

/** What someone else does to the tree; what is not possible is not done. */
const edit = fc.oneof(
  fc.record({ do: fc.constant('write' as const), path, content: fc.string({ maxLength: 4 }) }),
  fc.record({ do: fc.constant('mkdir' as const), path }),
  fc.record({ do: fc.constant('remove' as const), path }),
  fc.record({ do: fc.constant('link' as const), path, to: fc.constantFrom('a', 'dir', 'none') }),
  fc.record({ do: fc.constant('mode' as const), path, mode: fc.constantFrom(0o644, 0o755) }),
);

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

let workspace: Workspace;

beforeAll(() => {
  workspace = openWorkspace();
});

afterAll(() => workspace.close());

function apply(edits: readonly Edit[]): void {
  for (const it of edits) {
    const target = workspace.path(it.path);
    try {
      if (it.do === 'write') fs.writeFileSync(target, it.content);
      else if (it.do === 'mkdir') fs.mkdirSync(target, { recursive: true });
      else if (it.do === 'remove') fs.rmSync(target, { recursive: true });
      else if (it.do === 'link') fs.symlinkSync(it.to, target);
      else fs.chmodSync(target, it.mode);
    } catch {
      // The edit does not fit what is there.
    }
  }
}

/** Asks in order; answers are values, or the codes of errors. */
async function ask(questions: readonly Question[]): Promise<{ seen: Seen; answers: unknown[] }> {
  const answers: unknown[] = [];
  const seen = await workspace.watch(async () => {
    for (const { kind, path: name, form } of questions) {
      const forms: readonly ((path: string) => unknown)[] = QUESTIONS[kind];
      try {
        answers.push(await forms[form % forms.length]?.(workspace.path(name)));
      } catch (error) {
        answers.push((error as NodeJS.ErrnoException).code);
      }
    }
  });
  return { seen, answers };
}

function clear(): void {
  for (const name of fs.readdirSync(workspace.root)) {
    if (name !== '.skein') fs.rmSync(join(workspace.root, name), { recursive: true });
  }
}

test('O1: whichever form asks, the answer and what is observed are the same', async () => {
  const first = fc.tuple(fc.array(edit, { maxLength: 8 }), fc.array(question, { maxLength: 10 }));
  const property = fc.asyncProperty(first, fc.infiniteStream(fc.nat()), async (run, forms) => {
    const [edits, questions] = run;
    clear();
    apply(edits);
    const one = await ask(questions);
    const other = await ask(questions.map((it) => ({ ...it, form: forms.next().value ?? 0 })));
    expect(other.answers).toEqual(one.answers);
    expect(other.seen.observations).toEqual(one.seen.observations);
    expect(one.seen.observations).toHaveLength(questions.length);
    expect(one.seen.untraceable).toEqual([]);
  });
  await fc.assert(property, { numRuns: 150 });
});

test('O1 P1: after any edits, what is observed otherwise is just what the world says', async () => {
  const edits = fc.array(edit, { maxLength: 6 });
  const questions = fc.array(question, { minLength: 1, maxLength: 10 });
  const property = fc.asyncProperty(edits, questions, edits, async (before, asked, after) => {
    clear();
    apply(before);
    const one = await ask(asked);
    expect(await changedIn(workspace.world(), one.seen)).toEqual([]);
    apply(after);
    const changed = await changedIn(workspace.world(), one.seen);
    const two = await ask(asked);
    const differing = one.seen.observations.filter(
      ({ digest }, index) => digest !== two.seen.observations[index]?.digest,
    );
    expect(changed).toEqual([...new Set(differing.map(nameOf))]);
    // Where nothing was observed otherwise, nothing was answered otherwise.
    if (changed.length === 0) expect(two.answers).toEqual(one.answers);
  });
  await fc.assert(property, { numRuns: 150 });
});
