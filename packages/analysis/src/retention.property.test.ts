import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf } from '../test/oracle.ts';
import { TestWorkspace } from '../test/workspace.ts';

const HEAD = `import { environment } from 'skein';
import { TABLE } from './table.ts';
const env = environment({ name: 'e' });
const LIST: any[] = [{ a: 1, list: [{}] }, { a: 2, list: [] }];
const id = (it: any): any => it;
const later = async (it: any): Promise<any> => it;
function* each(it: any): Generator<any> { yield it }
const apply = (f: any, it: any): any => f(it);
const bump = (it: any): void => { it.n = (it.n ?? 0) + 1 };
class Box { v: any; constructor(v: any) { this.v = v } get(): any { return this.v } }
const tools: any = { id, pick: (it: any) => it };
`;

/** Ways in which an object gets about. */
const WRAPS: readonly ((it: string) => string)[] = [
  (it) => `id(${it})`,
  (it) => `(await later(${it}))`,
  (it) => `[...each(${it})][0]`,
  (it) => `apply(id, ${it})`,
  (it) => `apply((v: any) => v, ${it})`,
  (it) => `new Box(${it}).v`,
  (it) => `new Box(${it}).get()`,
  (it) => `tools.pick(${it})`,
  (it) => `tools[x > 0 ? 'id' : 'pick'](${it})`,
  (it) => `[${it}][0]`,
  (it) => `[${it}].at(-1)`,
  (it) => `({ v: ${it} } as any).v`,
  (it) => `({ ...{ v: ${it} } } as any).v`,
  (it) => `(x > 0 ? ${it} : null)`,
  (it) => `(${it} ?? null)`,
  (it) => `(await Promise.resolve(${it}))`,
  (it) => `(await Promise.all([${it}]))[0]`,
  (it) => `(await (async () => ${it})())`,
  (it) => `Array.from([${it}])[0]`,
  (it) => `new Map([['k', ${it}]]).get('k')`,
  (it) => `[...new Set([${it}])][0]`,
  (it) => `Object.values({ v: ${it} })[0]`,
  (it) => `[${it}].map((v) => v)[0]`,
  (it) => `[${it}].filter(() => true)[0]`,
  (it) => `[${it}].reduce((_, v) => v, null as any)`,
  (it) => `id.call(null, ${it})`,
  (it) => `id.bind(null, ${it})()`,
  (it) => `structuredClone(${it})`,
  (it) => `({ ...${it} })`,
  (it) => `[...${it}]`,
  (it) => `(${it})?.list`,
  (it) => `(${it})?.[0]`,
];

const CHANGES: readonly ((it: string) => string)[] = [
  (it) => `bump(${it});`,
  (it) => `{ const o: any = ${it}; o.n = (o.n ?? 0) + x; }`,
  (it) => `(${it} as any).push(x);`,
  (it) => `Object.assign(${it}, { n: x });`,
  (it) => `delete (${it} as any).a;`,
  (it) => `{ const { list }: any = ${it}; list.push(x); }`,
  (it) => `{ const [first]: any = ${it}; bump(first); }`,
  (it) => `for (const o of ${it} as any) bump(o);`,
  (it) => `(${it} as any).forEach(bump);`,
  (it) => `out.push(${it});`,
  (it) => `out.push(JSON.stringify(${it}));`,
];

const RUNS = 40;

const statement = fc
  .tuple(
    fc.constantFrom('TABLE', 'LIST', 'LIST[0]', '{ a: x }', '[x]'),
    fc.array(fc.constantFrom(...WRAPS), { maxLength: 3 }),
    fc.constantFrom(...CHANGES),
  )
  .map(([source, wraps, change]) => {
    const wrapped = wraps.reduce(
      (it, wrap) => wrap(it),
      source.startsWith('{') ? `(${source})` : source,
    );
    return `try { ${change(wrapped)} } catch {}`;
  });

test('O3: where nothing retains, a call gives what it gives in a new process', async () => {
  const workspace = new TestWorkspace({
    'src/table.ts': 'export const TABLE: any = { a: 1, list: [{ a: 1 }] };\n',
  });
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 3 }), async (statements) => {
      const body =
        `const out: any[] = []; ${statements.join('\n')}; return ` +
        `JSON.stringify([out, TABLE, LIST]);`;
      workspace.write({
        'src/main.ts': `${HEAD}export const a = env.task(async (x: any) => {\n${body}\n});\n`,
      });
      const { behaviours } = await workspace.analysis();
      const [behaviour] = [...behaviours.values()];
      if (behaviour?.retains !== null) return;
      expect(await outcomeOf(workspace, [1, 2])).toBe(await outcomeOf(workspace, [2]));
    }),
    { numRuns: RUNS },
  );
}, 120_000);
