import type { RunId, TaskId } from '@skein/model';
import { digestOf } from '@skein/values';
import { describe, expect, test } from 'vitest';
import { lineageJson } from './lineage-json.ts';
import { lineageMermaid } from './lineage-mermaid.ts';
import { renderLineage } from './lineage-text.ts';
import {
  type LineageEdge,
  type LineageNode,
  type LineageReport,
  SUBJECT,
  commonPath,
} from './lineage.ts';
import { plain } from './style.ts';

const RUN = '20261124-054405-1a2b3c' as RunId;
const OTHER = '20261123-010101-ffffff' as RunId;

const read = { value: () => ({ ok: false }) as const, bytes: () => undefined };
const view = { style: plain, width: 80, read, all: false };

function action(task: string, number: number, run = RUN): LineageNode {
  return {
    id: `${run}/${number}`,
    kind: 'action',
    run,
    action: number,
    task: `src/main.ts#${task}` as TaskId,
    place: `src/${task}.ts:3`,
    verdict: run === RUN ? 'execute' : 'reuse',
    ended: 'result',
  };
}

function report(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): LineageReport {
  return {
    subject: {
      asked: 'last/9/result',
      kind: 'value',
      digest: digestOf('value', 'x'),
      places: [{ run: RUN, action: 9, task: 'src/main.ts#train' as TaskId, path: 'result' }],
      more: 3,
    },
    up: { nodes, edges, cut: false },
  };
}

const items = Array.from({ length: 20 }, (_, index) => action('item', index + 2));
const many = report(
  [action('train', 30), ...items, action('list', 1, OTHER)],
  [
    { from: `${RUN}/30`, to: SUBJECT, link: 'subject', source: 'result' },
    ...items.flatMap(({ id }, index): LineageEdge[] => [
      { from: id, to: `${RUN}/30`, link: 'part', source: 'result', target: `rows[${index}]` },
      { from: `${OTHER}/1`, to: id, link: 'part', source: `result[${index}]`, target: 'n' },
    ]),
  ],
);

describe('PARITY 9: as text', () => {
  test('many actions that are alike are one line with an example', () => {
    expect(renderLineage(many, view)).toMatchInlineSnapshot(`
      "last/9/result
        digest  3878b30a991aaa41de7a5b11d13abb8ffd95f9b63d768104263a4b9c8caa6259-1
        at      20261124-054405-1a2b3c/9/result  train
                and 3 places more

      came from
      └─ train 30  src/train.ts:3
         └─ item × 20 such as 2  result → rows[*], 20 times  src/item.ts:3
            └─ list 1  result[*] → n, 20 times  src/list.ts:3, reused, run 20261123-010101-ffffff"
    `);
  });

  test('every action for itself, when all are wanted', () => {
    const lines = renderLineage(many, { ...view, all: true }).split('\n');
    expect(lines.filter((line) => line.includes('item '))).toHaveLength(20);
    expect(lines.filter((line) => line.includes('(see above)'))).toHaveLength(0);
  });

  test('what is only perhaps so is one line, where it is surely there elsewhere', () => {
    const nodes = [action('train', 30), action('list', 1), action('size', 2)];
    const edges: LineageEdge[] = [
      { from: `${RUN}/30`, to: SUBJECT, link: 'subject', source: 'result' },
      { from: `${RUN}/2`, to: `${RUN}/30`, link: 'perhaps', target: 'rate' },
      { from: `${RUN}/1`, to: `${RUN}/30`, link: 'same', source: 'result', target: 'rows' },
      { from: `${RUN}/1`, to: `${RUN}/30`, link: 'perhaps', target: 'rate' },
    ];
    expect(renderLineage(report(nodes, edges), view)).toMatchInlineSnapshot(`
      "last/9/result
        digest  3878b30a991aaa41de7a5b11d13abb8ffd95f9b63d768104263a4b9c8caa6259-1
        at      20261124-054405-1a2b3c/9/result  train
                and 3 places more

      came from
      └─ train 30  src/train.ts:3
         ·  rate: perhaps also of what size came to
         └─ list 1  result → rows  src/list.ts:3"
    `);
  });

  test('nothing is told as nothing, and what was cut off as cut off', () => {
    const { subject } = many;
    const down = { nodes: [], edges: [], cut: true };
    expect(renderLineage({ subject, down }, view)).toContain('nothing on record\n  … more with');
  });
});

test('PARITY 9: as a flowchart, whatever the labels hold', () => {
  const edges: LineageEdge[] = [
    {
      from: `${RUN}/30`,
      to: SUBJECT,
      link: 'subject',
      source: 'result.get("a|b")["<#>`&"]',
    },
  ];
  expect(lineageMermaid(report([action('train', 30)], edges), { all: false }))
    .toMatchInlineSnapshot(`
    "flowchart LR
      subject(["last/9/result 3878b30a991a"])
      n1["train 30"]
      n1 -->|"result.get(#quot;a|b#quot;)[#quot;#lt;#35;#gt;#96;#amp;#quot;]"| subject"
  `);
});

test('PARITY 9: as JSON, grouped unless all are wanted', () => {
  const { up } = lineageJson(many, { all: false }) as { up: Record<string, unknown[]> };
  expect(up['nodes']).toHaveLength(3);
  expect(up['edges']).toEqual([
    { from: `${RUN}/30`, to: SUBJECT, link: 'subject', source: 'result', target: null, count: 1 },
    {
      from: `${RUN}/2`,
      to: `${RUN}/30`,
      link: 'part',
      source: 'result',
      target: 'rows[*]',
      count: 20,
    },
    {
      from: `${OTHER}/1`,
      to: `${RUN}/2`,
      link: 'part',
      source: 'result[*]',
      target: 'n',
      count: 20,
    },
  ]);
  const all = lineageJson(many, { all: true }) as { up: Record<string, unknown[]> };
  expect([all.up['nodes']?.length, all.up['edges']?.length]).toEqual([22, 41]);
});

test('two paths are one where only indices differ', () => {
  expect(commonPath('rows[1].a[2]', 'rows[3].a[2]')).toBe('rows[*].a[*]');
  expect(commonPath('rows[*]', 'rows[3]')).toBe('rows[*]');
  expect(commonPath('rows[1]', 'columns[1]')).toBe('rows[1]');
  expect(commonPath('rows[1]', 'rows[1]')).toBe('rows[1]');
});
