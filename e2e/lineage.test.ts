import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runTask } from './support/answer.ts';
import { checkCode, skein } from './support/command.ts';
import { entry, few, type Report } from './support/pipeline.ts';
import { useSandbox } from './support/suite.ts';

interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

interface Node {
  readonly id: string;
  readonly kind: string;
  readonly task: string;
  readonly action: number;
  readonly count: number;
  readonly declared: string | null;
  readonly parameter?: string;
}

interface Lineage {
  readonly subject: { readonly places: readonly { readonly path: string }[] };
  readonly up: Graph;
  readonly down: Graph;
}

describe('PARITY 9: lineage of the real pipeline', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });
  let report: Report;

  beforeAll(async () => {
    const answer = await runTask(sandbox, [entry, ...few]);
    report = answer.result as Report;
  });

  async function lineage(...args: readonly string[]): Promise<Lineage> {
    const ended = await skein(sandbox, ['lineage', ...args, '--json']);
    checkCode(ended, 0);
    return JSON.parse(ended.stdout) as Lineage;
  }

  test('the model card comes from every declaration, by way of what was learnt', async () => {
    const card = join(report.published.value.path, 'README.md');
    const { subject, up } = await lineage(card, '--up', '--all');
    expect(subject.places.map(({ path }) => path)).toContain('result.file("README.md")');
    expect(countsOf(up)).toEqual({
      publish: 1,
      train: 1,
      evaluate: 1,
      compare: 1,
      plot: 1,
      features: 240,
      parse: 8,
      declarations: 1,
      'input languages': 1,
    });
    expect(declaredIn(up)).toEqual({
      publish: 'publish.ts',
      train: 'train.ts',
      evaluate: 'evaluate.ts',
      compare: 'compare.ts',
      plot: 'plot.ts',
      features: 'features.ts',
      parse: 'parse.ts',
      declarations: 'declarations.ts',
      'input languages': 'main.ts',
    });
    expectNoCycle(up);
  });

  test('a number in the report comes from them too, through whatever was called', async () => {
    const { up } = await lineage('last/1/result.accuracy', '--up');
    expect(countsOf(up)).toMatchObject({ declarations: 1, parse: 8, train: 1, evaluate: 1 });
    expect(up.edges.filter(({ from, to }) => from === to)).toEqual([]);
    expectNoCycle((await lineage('last/1/result.accuracy', '--up', '--all')).up);
  });

  test('one declaration went into its own articles, and by them into all the rest', async () => {
    const { down } = await lineage('last/2/result.declarations[1].file', '--down', '--all');
    expect(countsOf(down)).toEqual({
      parse: 1,
      features: 30,
      train: 1,
      evaluate: 1,
      compare: 1,
      plot: 1,
      publish: 1,
      classify: 1,
      main: 1,
    });
    expectNoCycle(down);
  });

  test('many actions that are alike are one node with a count', async () => {
    const { up } = await lineage('last/1/result.published', '--up');
    expect(up.nodes.find(({ task }) => task.endsWith('#features'))?.count).toBe(240);
    expect(up.nodes.length).toBeLessThan(20);
  });
});

function nameOf({ kind, task, parameter }: Node): string {
  return kind === 'input' ? `input ${parameter ?? ''}` : task.slice(task.lastIndexOf('#') + 1);
}

function countsOf({ nodes }: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of nodes) counts[nameOf(node)] = (counts[nameOf(node)] ?? 0) + node.count;
  return counts;
}

/** In which file each task is declared, as the record of the run says. */
function declaredIn({ nodes }: Graph): Record<string, string> {
  const file = ({ declared }: Node): string => /([^/]+):\d+$/.exec(declared ?? '')?.[1] ?? '';
  return Object.fromEntries(nodes.map((node) => [nameOf(node), file(node)]));
}

function expectNoCycle({ nodes, edges }: Graph): void {
  const ids = nodes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const incoming = Map.groupBy(edges, ({ to }) => to);
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (id: string): void => {
    if (done.has(id)) return;
    expect(open.has(id)).toBe(false);
    open.add(id);
    for (const { from } of incoming.get(id) ?? []) visit(from);
    open.delete(id);
    done.add(id);
  };
  for (const id of [...ids, 'subject']) visit(id);
}
