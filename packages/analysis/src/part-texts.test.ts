import type { CodePart } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import type { Files } from '../test/workspace.ts';
import type { Analysis } from './index.ts';

const MAIN = `import { environment } from 'skein';
import { used } from './lib.ts';
const env = environment({ name: 'e' });

/** Says something. */
export const a = env.task(
  { retries: 1 },
  async (x: number): Promise<string> => {
    return used(x);
  },
);
`;

async function partsOf(lib: string): Promise<{ analysis: Analysis; parts: readonly CodePart[] }> {
  const files: Files = { 'src/main.ts': MAIN, 'src/lib.ts': lib };
  const analysis = await new TestWorkspace(files).analysis();
  return { analysis, parts: [...analysis.manifests.values()].flatMap((it) => it.parts) };
}

async function sourceOf(lib: string, name: string) {
  const { analysis, parts } = await partsOf(lib);
  const part = parts.find((it) => it.kind === 'symbol' && it.name === name);
  return part && analysis.symbolSource(part);
}

/** What is asked for stands in the lines from the first to the last that is named. */
interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly from: number;
  readonly to: number;
}

const CASES: Readonly<Record<string, Case>> = {
  'a function whose types end in lines of their own': {
    name: 'used',
    lines: [
      '// first',
      '',
      'export function used(',
      '  x: number,',
      '): string',
      '{',
      '  return `${x}',
      '`;',
      '}',
      '',
      'foo as any;',
    ],
    from: 3,
    to: 9,
  },
  'a constant with an assertion behind it': {
    name: 'table',
    lines: [
      'export const used = (x: any) => table[x];',
      'const table = {',
      '  a: 1,',
      '} as const satisfies',
      '  Record<string, number>;',
    ],
    from: 2,
    to: 5,
  },
  'one of several declarators': {
    name: 'two',
    lines: [
      'export const used = (x: any) => two + x;',
      'const one = 1,',
      '  two = [',
      '    2 as number,',
      '  ];',
    ],
    from: 3,
    to: 5,
  },
  'an enum': {
    name: 'Kind',
    lines: [
      'type T = 1;',
      'export enum Kind {',
      '  A = 1,',
      '}',
      'export const used = (x: any) => Kind[x];',
    ],
    from: 2,
    to: 4,
  },
  'a class with decorators': {
    name: 'C',
    lines: [
      'const d = (c: any) => c;',
      'export const used = (x: any) => new C();',
      '@d',
      'class C {',
      '  x!: number;',
      '}',
    ],
    from: 3,
    to: 6,
  },
  'a default export': {
    name: 'default',
    lines: [
      'export default function () {',
      '}',
      'import f from "./lib.ts";',
      'export const used = (x: any) => f();',
    ],
    from: 1,
    to: 2,
  },
};

describe('symbolSource gives the author’s whole lines', () => {
  test.each(Object.entries(CASES))('%s', async (_, { name, lines, from, to }) => {
    const text = lines.slice(from - 1, to).join('\n');
    expect(await sourceOf(`${lines.join('\n')}\n`, name)).toEqual({ line: from, text });
    // The last line may be without an end, and lines may end as on Windows.
    expect(await sourceOf(lines.join('\r\n'), name)).toEqual({ line: from, text });
  });

  test('a task’s own function gives its declaration', async () => {
    const { analysis, parts } = await partsOf('export const used = String;\n');
    const part = parts.find((it) => it.kind === 'symbol' && it.name === 'a');
    expect(part && analysis.symbolSource(part)?.line).toBe(6);
    expect(part && analysis.symbolSource(part)?.text.split('\n')).toHaveLength(6);
  });

  test('an effect and a module', async () => {
    const effectText = 'if (globalThis) {\n  (globalThis as any).x = 1;\n}';
    const lib = `export const used = (x: any) => eval("1");\n\n${effectText}\n`;
    const { analysis, parts } = await partsOf(lib);
    const effect = parts.find((it) => it.kind === 'effect');
    expect(effect && analysis.symbolSource(effect)).toEqual({
      line: 3,
      text: effectText,
    });
    const module = parts.find((it) => it.kind === 'module');
    expect(module && analysis.symbolSource(module)).toEqual({ line: 1, text: lib });
  });

  test('equal functions of two modules are told apart', async () => {
    const g = 'function g(x: any) {\n  return x;\n}\n';
    const uses = 'export const used = (x: any) => g(x) + h(x);';
    const lib = `import { g as h } from './other.ts';\n${uses}\n${g}`;
    const files = {
      'src/main.ts': MAIN,
      'src/lib.ts': lib,
      'src/other.ts': `\nexport ${g}`,
    };
    const analysis = await new TestWorkspace(files).analysis();
    const parts = [...analysis.manifests.values()].flatMap((it) => it.parts);
    const found = parts.flatMap((it) => (it.kind === 'symbol' && it.name === 'g' ? [it] : []));
    expect(found.map((it) => [it.module, analysis.symbolSource(it)?.line])).toEqual([
      ['src/lib.ts', 3],
      ['src/other.ts', 2],
    ]);
  });

  test('nothing where the source is another one now, and nothing for a package', async () => {
    const files = { 'src/main.ts': MAIN, 'src/lib.ts': 'export const used = (x: any) => x;\n' };
    const workspace = new TestWorkspace(files);
    const analysis = await workspace.analysis();
    const parts = [...analysis.manifests.values()].flatMap((it) => it.parts);
    workspace.write({ 'src/lib.ts': '' });
    const part = parts.find((it) => it.kind === 'symbol' && it.name === 'used');
    expect(part && analysis.symbolSource(part)).toBeUndefined();
    const [setting] = parts;
    expect(setting && analysis.symbolSource(setting)).toBeUndefined();
  });
});
