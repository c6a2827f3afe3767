import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { context, environment, File, map } from 'skein';

const env = environment({ name: 'lineage', cache: 'auto' });

interface Row {
  readonly name: string;
  readonly text: string;
}

export const rows = env.task(async (file: File): Promise<Row[]> => {
  const lines = (await file.text()).trim().split('\\n');
  return lines.map((text, index) => ({ name: 'row ' + index, text }));
});

export const upper = env.task(async (row: Row) => ({
  from: row.name,
  upper: row.text.toUpperCase(),
}));

export const size = env.task(async (text: string) => text.length);

export const joined = env.task(async (parts: readonly { upper: string }[], limit: number) => {
  const path = join(context().scratch, 'joined.txt');
  writeFileSync(path, parts.map((part) => part.upper).join(' ').slice(0, limit));
  return { file: await File.from(path), limit };
});

export const inner = env.task(async (settings: { title: string; rows: Row[] }) =>
  upper(settings.rows[1] ?? settings.rows[0]!),
);

export const main = env.task(async (file: File) => {
  const list = await rows(file);
  const parts = await map(upper, list);
  const length = await size(list[0]!.text);
  const again = await inner({ title: 'made by the caller itself', rows: list });
  const { file: out } = await joined(parts.slice(1), length * 100);
  return { out, again, length };
});

export const reader = env.task(async (file: File) => (await file.text()).length);
`;

const LINES = ['the first line of the file', 'the second line of it', 'and the third of its lines'];

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

let pipeline: RealWorkspace;

beforeAll(async () => {
  pipeline = realWorkspace({ 'src/main.ts': MAIN, 'data/in.txt': LINES.join('\n') });
  await told('run src/main.ts --file data/in.txt');
}, SLOW.timeout);

afterAll(() => pipeline.remove());

async function told(line: string): Promise<string> {
  const { code, out, err } = await pipeline.skein(line);
  expect([code, err]).toEqual([0, '']);
  return out;
}

interface Graph {
  readonly nodes: readonly {
    id: string;
    kind: string;
    task: string;
    action: number;
    run: string;
  }[];
  readonly edges: readonly { from: string; to: string; link: string; target: string | null }[];
}

async function graph(asked: string, way: 'up' | 'down'): Promise<Graph> {
  const answer = await told(`lineage ${asked} --${way} --json`);
  return (JSON.parse(answer) as Record<string, Graph>)[way] as Graph;
}

/** Every link as `from link to`, by task and action, of one run: runs are masked. */
async function links(asked: string, way: 'up' | 'down'): Promise<readonly string[]> {
  const { nodes, edges } = await graph(asked, way);
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const name = (id: string): string => names.get(id) ?? id;
  return edges.map(({ from, to, link }) => `${name(from)} ${link} ${name(to)}`).toSorted();
}

function nameOf({ kind, task, action }: Graph['nodes'][number]): string {
  const what = kind === 'action' ? '' : `${kind} of `;
  return `${what}${task.slice(task.indexOf('#') + 1)} ${action}`;
}

describe('PARITY 9: from a value to all that it came from', () => {
  test('a result, through parts of other results, to what the run was given', SLOW, async () => {
    expect(await told('lineage last/8/result --up')).toMatchInlineSnapshot(`
      "last/8/result
        value   { from: "row 1", upper: "THE SECOND LINE OF IT" }
        digest  DIGEST
        at      RUN/8/result  upper

      came from
      └─ upper 8  src/main.ts:18, reused
         ├─ upper 4  executed it  src/main.ts:18
         │  └─ rows 2  result[1] → row  src/main.ts:13
         │     └─ input file of main 1 File("in.txt", 75 bytes)  file  src/main.ts:35
         └─ rows 2  result[1] → row  src/main.ts:13  (see above)
      "
    `);
  });

  test('a part of an input, by its parameter', SLOW, async () => {
    expect(await links('last/4/input.row.text', 'up')).toEqual([
      'input of main 1 same rows 2',
      'rows 2 part subject',
    ]);
  });

  test('a number is the work of the caller, and of what it perhaps came from', SLOW, async () => {
    expect(await links('last/9/limit', 'up')).toMatchInlineSnapshot(`
      [
        "inner 7 perhaps subject",
        "input of main 1 same made of main 1",
        "input of main 1 same rows 2",
        "made of main 1 made subject",
        "rows 2 part size 6",
        "rows 2 part upper 3",
        "rows 2 part upper 4",
        "rows 2 part upper 5",
        "rows 2 part upper 8",
        "rows 2 perhaps subject",
        "size 6 perhaps subject",
        "upper 3 perhaps subject",
        "upper 4 again upper 8",
        "upper 4 perhaps subject",
        "upper 5 perhaps subject",
        "upper 8 same inner 7",
      ]
    `);
  });

  test('a value that its caller handed down is not the work of that caller', SLOW, async () => {
    expect(await links('last/8/row', 'up')).toEqual([
      'input of main 1 same rows 2',
      'rows 2 part subject',
    ]);
  });
});

describe('PARITY 9: from a value to all that it went into', () => {
  test('a file on disk, wherever it lies and whatever it is called', SLOW, async () => {
    mkdirSync(join(pipeline.root, 'elsewhere'));
    writeFileSync(join(pipeline.root, 'elsewhere/copy.txt'), LINES.join('\n'));
    expect(await told('lineage elsewhere/copy.txt --down')).toMatchInlineSnapshot(`
      "elsewhere/copy.txt
        value   File("copy.txt", 75 bytes)
        digest  DIGEST
        at      RUN/1/file  main

      went into
      ├─ main 1  file  src/main.ts:35
      └─ rows 2  file  src/main.ts:13
         ├─ inner 7  result → settings.rows  src/main.ts:31
         │  └─ joined 9  result → parts[0]  src/main.ts:25
         │     └─ main 1  handed to its caller  src/main.ts:35
         ├─ upper 3  result[0] → row  src/main.ts:18
         ├─ size 6  result[0].text → text  src/main.ts:23
         ├─ upper 4  result[1] → row  src/main.ts:18
         │  └─ joined 9  result → parts[0]  src/main.ts:25  (see above)
         ├─ upper 5  result[2] → row  src/main.ts:18
         │  └─ joined 9  result → parts[1]  src/main.ts:25  (see above)
         └─ upper 8  result[1] → row  src/main.ts:18, reused
            └─ inner 7  handed to its caller  src/main.ts:31  (see above)
      "
    `);
  });

  test('one row of a result', SLOW, async () => {
    expect(await links('last/2/result[1]', 'down')).toEqual([
      'inner 7 call main 1',
      'inner 7 part joined 9',
      'joined 9 call main 1',
      'subject call main 1',
      'subject part inner 7',
      'subject same upper 4',
      'subject same upper 8',
      'upper 4 call main 1',
      'upper 4 part joined 9',
      'upper 8 call inner 7',
    ]);
  });

  test('what another run was given of it', SLOW, async () => {
    const run = await pipeline.skein('run src/main.ts --file data/in.txt --json');
    const { result } = JSON.parse(run.out) as { result: { out: { value: { path: string } } } };
    writeFileSync(join(pipeline.root, 'out.txt'), readFileSync(result.out.value.path));
    await told('run src/main.ts reader --file out.txt');
    const up = await graph('last/1/input.file', 'up');
    expect(up.nodes.map(nameOf)).toEqual(
      expect.arrayContaining(['input of reader 1', 'joined 9', 'rows 2', 'input of main 1']),
    );
    const digest = digestOf('blob', readFileSync(join(pipeline.root, 'out.txt')));
    const down = await graph(digest.slice(0, 16), 'down');
    expect(down.nodes.map(nameOf).toSorted()).toEqual(['main 1', 'reader 1']);
  });
});

describe('PARITY 9: what is not on record is said with what is', () => {
  test.each([
    ['last/999', 'action-not-found'],
    ['nosuch/1', 'run-not-found'],
    ['last/1/result.nothing', 'lineage-not-found'],
    ['last/1/other', 'lineage-not-found'],
    ['nothing.txt', 'lineage-not-found'],
    ['0123456789ab', 'lineage-not-found'],
    ['package.json', 'lineage-not-found'],
  ])('%s', SLOW, async (asked, failure) => {
    const { code, err } = await pipeline.skein(`lineage ${asked}`);
    expect(code).toBe(2);
    expect(err).toContain(`error[${failure}]`);
  });
});
