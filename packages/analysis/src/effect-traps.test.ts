import { describe } from 'vitest';
import { testTraps } from '../test/oracle.ts';
import type { Trap } from '../test/oracle.ts';
import { HEAD, lib, main, installed } from '../test/trap.ts';

const LISTED = (text: string): string =>
  text.replace('seen: any[] = []', 'seen: any[] = (globalThis as any).list');
const SEEN = 'const seen: any[] = []; export const f = (x: any) => [...seen, x];\n';

const LISTING = {
  'src/one.ts': '((globalThis as any).list ??= []).push(1);',
  'src/two.ts': '((globalThis as any).list ??= []).push(2);',
};
const inOrder = (first: string, second: string): string =>
  `${HEAD}import './${first}.ts';\nimport './${second}.ts';\n` +
  'export const a = env.task(async () => (globalThis as any).list);\n';

const effects: Trap[] = [
  main(
    'a prototype that the entry patches changes a task of another module',
    "(BigInt.prototype as any).toJSON = () => §;\nexport { a } from './a.ts';",
    { 'src/a.ts': `${HEAD}export const a = env.task(async () => JSON.stringify(1n));` },
  ),
  lib('a call in an initialiser', `${SEEN}const add = (v: any) => seen.push(v); const n = add(§);`),
  lib(
    'new in an initialiser',
    `${SEEN}class R { constructor() { seen.push(§) } } const r = new R();`,
  ),
  lib('a call in a default export', `${SEEN}export default seen.push(§);`),
  lib('a static block', `${SEEN}class C { static { seen.push(§) } }`),
  lib('a static field', `${SEEN}class C { static v = seen.push(§) }`),
  lib(
    'a decorator',
    `${SEEN}const d = (v: any) => (..._: any[]): any => { seen.push(v) }; ` +
      `class C { @d(§) m() {} }`,
  ),
  lib(
    'a decorator of another module',
    "import { d } from './d.ts'; import { seen } from './seen.ts'; class C " +
      '{ @d m() {} } export const f = () => seen;',
    {
      'src/seen.ts': 'export const seen: any[] = [];',
      'src/d.ts':
        "import { seen } from './seen.ts'; export const d = (..._: any[]): any " +
        '=> { seen.push(§) };',
    },
  ),
  lib('a namespace with a statement', `${SEEN}namespace N { seen.push(§) }`),
  lib('an import for its effects', `import './b.ts'; ${LISTED(SEEN)}`, {
    'src/b.ts': '(globalThis as any).list = [§];',
  }),
  lib('top-level await', `${SEEN}await Promise.resolve(§).then((v) => seen.push(v));`),
  lib('a loop at the top level', `${SEEN}for (const v of [§]) seen.push(v);`),
  lib(
    'a getter that is read',
    `${SEEN}const o = { get v() { return seen.push(§) } }; const n = o.v;`,
  ),
  lib(
    'a comparison with a side effect',
    `${SEEN}const o = { valueOf() { seen.push(§); return 1 } }; const n = (o as any) < 2;`,
  ),
  lib('an assignment in an expression', `${SEEN}let v; const n = ((v = seen).push(§));`),
  lib('a conditional at the top level', `${SEEN}if (seen.length === 0) seen.push(§);`),
  lib(
    'a package imported for its effects',
    `import 'p'; ${LISTED(SEEN)}`,
    installed('p', 'globalThis.list = [§];'),
  ),
  lib(
    'a module of the workspace whose package has no effects, for itself',
    "import { get } from '@w/lib'; export const f = () => get();",
    {
      'packages/lib/package.json':
        '{ "name": "@w/lib", "type": "module", "exports": "./i.ts", "sideEffects": false }',
      'packages/lib/i.ts': 'const m = new Map(); m.set(1, §); export const get = () => m.get(1);',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@w/lib": ["./packages/lib/i.ts"] } } }',
    },
  ),
  {
    name: 'the order of two imports',
    files: { 'src/main.ts': inOrder('one', 'two'), ...LISTING },
    edit: { 'src/main.ts': inOrder('two', 'one') },
  },
];

describe('C2: effects of every evaluated module count for everyone', () => {
  testTraps(effects);
});

const references: Trap[] = [
  main(
    '.forward',
    'const b = env.task(async () => §);\nexport const a = env.task(async () => b.forward());',
  ),
  main(
    '.forward from a table of tasks',
    'const b = env.task(async () => §);\nconst T: any = { b };\nexport ' +
      "const a = env.task(async () => T[['b'][0]!].forward());",
  ),
  main(
    '.forward of what a task is given',
    'const b = env.task(async () => §);\nconst c = env.task(async (t: any) ' +
      '=> t.forward());\nexport const a = env.task(async () => c.forward(b));',
  ),
  main(
    'another task of a table',
    'const b1 = env.task(async () => 1); const b2 = env.task(async () => ' +
      '2);\nconst T = [b§];\nexport const a = env.task(async () => T[0]!());',
  ),
];

describe('C3: a reference to a task is its id, and .forward its code', () => {
  testTraps(references);
});
