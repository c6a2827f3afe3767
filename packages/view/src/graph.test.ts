import { expect, test } from 'vitest';
import { renderGraph, renderMermaid, type TaskEdge, type TaskGraph } from './graph.ts';
import { plain } from './style.ts';

function edge(from: string, to: string, ...kinds: string[]): TaskEdge {
  const certain = kinds.some((kind) => kind !== 'reference');
  return { from: `main.ts#${from}`, to: `main.ts#${to}`, kinds, certain };
}

const graph: TaskGraph = {
  tasks: ['main', 'list', 'parse', 'report', 'retry', 'lonely'].map((name) => `main.ts#${name}`),
  edges: [
    edge('main', 'list', 'call'),
    edge('main', 'parse', 'call', 'map'),
    edge('main', 'report', 'reference'),
    edge('parse', 'retry', 'override'),
    edge('report', 'parse', 'forward'),
    edge('retry', 'retry', 'call'),
  ],
};

test('a tree for each task that no other one calls', () => {
  expect(renderGraph(graph, plain)).toMatchInlineSnapshot(`
    "main.ts#main
    ├─ list
    ├─ parse  (map)
    │  └─ retry  (override)
    │     └─ retry  (see above)
    └─ report  (perhaps)
       └─ parse  (forward, see above)
    main.ts#lonely"
  `);
});

test('tasks that call each other are drawn once', () => {
  const tasks = ['main.ts#odd', 'main.ts#even'];
  const edges = [edge('odd', 'even', 'call'), edge('even', 'odd', 'call')];
  expect(renderGraph({ tasks, edges }, plain)).toMatchInlineSnapshot(`
    "main.ts#odd
    └─ even
       └─ odd  (see above)"
  `);
});

test('a Mermaid flowchart', () => {
  expect(renderMermaid(graph)).toMatchInlineSnapshot(`
    "flowchart TD
      t1["main.ts#main"]
      t2["main.ts#list"]
      t3["main.ts#parse"]
      t4["main.ts#report"]
      t5["main.ts#retry"]
      t6["main.ts#lonely"]
      t1 --> t2
      t1 -->|map| t3
      t1 -.->|perhaps| t4
      t3 -->|override| t5
      t4 -->|forward| t3
      t5 --> t5"
  `);
});
