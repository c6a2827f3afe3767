import { describe } from 'vitest';
import { testTraps } from '../test/oracle.ts';
import type { Trap } from '../test/oracle.ts';
import { CALLS, both, lib, installed } from '../test/trap.ts';
import type { Files } from '../test/workspace.ts';

const alias = (to: string) => `{ "compilerOptions": { "paths": { "lib": ["./src/${to}.ts"] } } }`;
const calls = CALLS.replace('./lib.ts', 'lib');
const resolved: Trap[] = [
  {
    name: 'a path alias that leads elsewhere',
    files: {
      'src/main.ts': calls,
      'src/p.ts': 'export const f = () => 1;',
      'src/q.ts': 'export const f = () => 2;',
      'tsconfig.json': alias('p'),
    },
    edit: { 'tsconfig.json': alias('q') },
  },
  {
    name: 'lib.ts that appears beside lib/index.ts',
    files: {
      'src/main.ts': CALLS.replace('./lib.ts', './lib'),
      'src/lib/index.ts': 'export const f = () => 1;',
    },
    edit: { 'src/lib.ts': 'export const f = () => 2;' },
  },
  {
    name: 'lib.ts that appears beside lib.js',
    files: {
      'src/main.ts': CALLS.replace('./lib.ts', './lib'),
      'src/lib.js': 'export const f = () => 1;',
    },
    edit: { 'src/lib.ts': 'export const f = () => 2;' },
  },
  {
    name: 'lib.js that appears where lib.ts stood for it',
    files: {
      'src/main.ts': CALLS.replace('./lib.ts', './lib.js'),
      'src/lib.ts': 'export const f = () => 1;',
    },
    edit: { 'src/lib.js': 'export const f = () => 2;' },
  },
  {
    name: 'a package.json that appears in a folder',
    files: {
      'src/main.ts': CALLS.replace('./lib.ts', './lib'),
      'src/lib/index.ts': 'export const f = () => 1;',
      'src/lib/other.ts': 'export const f = () => 2;',
    },
    edit: { 'src/lib/package.json': '{ "main": "./other.ts" }' },
  },
  {
    name: 'imports of the package',
    files: {
      'package.json':
        '{ "name": "w", "type": "module", "workspaces": [], "imports": { ' +
        '"#lib": "./src/p.ts" } }',
      'src/main.ts': CALLS.replace('./lib.ts', '#lib'),
      'src/p.ts': 'export const f = () => 1;',
      'src/q.ts': 'export const f = () => 2;',
    },
    edit: {
      'package.json':
        '{ "name": "w", "type": "module", "workspaces": [], "imports": { ' +
        '"#lib": "./src/q.ts" } }',
    },
  },
  lib('JSON', "import d from './d.json'; export const f = () => d;", {
    'src/d.json': '{ "v": § }',
  }),
  lib('a member of JSON', "import { v } from './d.json'; export const f = () => v;", {
    'src/d.json': '{ "v": § }',
  }),
  lib('text', "import d from './d.txt'; export const f = () => d;", { 'src/d.txt': '§' }),
  lib('bytes', "import d from './d.wasm'; export const f = () => [...(d as any)];", {
    'src/d.wasm': '§',
  }),
  lib('JSON by require', 'import c = require("./c.cjs"); export const f = () => (c as any).v;', {
    'src/c.cjs': 'exports.v = require("./d.json").v;',
    'src/d.json': '{ "v": § }',
  }),
  lib('CommonJS by its default', "import c from './c.cjs'; export const f = () => (c as any).v;", {
    'src/c.cjs': 'module.exports = { v: § };',
  }),
  lib('CommonJS by a name', "import { v } from './c.cjs'; export const f = () => v;", {
    'src/c.cjs': 'exports.v = §;',
  }),
  lib('CommonJS that requires CommonJS', "import { v } from './c.cjs'; export const f = () => v;", {
    'src/c.cjs': 'exports.v = require("./d.cjs").v;',
    'src/d.cjs': 'exports.v = §;',
  }),
  lib('CommonJS by a computed require', "import { v } from './c.cjs'; export const f = () => v;", {
    'src/c.cjs': 'exports.v = require("./parts/" + ["d"][0] + ".cjs").v;',
    'src/parts/d.cjs': 'exports.v = §;',
  }),
  {
    name: 'fields that are defined, not assigned',
    files: {
      'src/main.ts': CALLS,
      'src/lib.ts':
        'class B { set v(_: any) { throw new Error("set") } } class C extends B ' +
        '{ v: any = 1 } export const f = () => new C().v;',
      'tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": true } }',
    },
    edit: { 'tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": false } }' },
  },
  {
    name: 'decorators of the older kind',
    files: {
      'src/main.ts': CALLS,
      'src/lib.ts':
        'const seen: any[] = []; const d = (...all: any[]): any => { ' +
        'seen.push(all.length) }; class C { @d m() {} } export const f = () => ' +
        '[seen, C.name];',
      'tsconfig.json': '{}',
    },
    edit: { 'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }' },
  },
  {
    name: 'the factory of JSX',
    files: {
      'src/main.ts': CALLS.replace('lib.ts', 'lib.tsx'),
      'src/lib.tsx': 'const h = () => 1; const g = () => 2; export const f = () => [<p />, h, g];',
      'tsconfig.json': '{ "compilerOptions": { "jsxFactory": "h" } }',
    },
    edit: { 'tsconfig.json': '{ "compilerOptions": { "jsxFactory": "g" } }' },
  },
];

describe('C5 C7: whatever resolution leads to counts', () => {
  testTraps(resolved);
});

const uses = (more: Files): Files => ({
  'src/main.ts': CALLS,
  'src/lib.ts': "import { f as g } from 'p'; export const f = () => g();",
  ...more,
});
const packages: Trap[] = [
  { name: 'a patched file', ...both(uses(installed('p', 'exports.f = () => §;'))) },
  {
    name: 'a patched file of a dependency',
    ...both(
      uses({
        ...installed('p', 'exports.f = () => require("q").v;', { dependencies: { q: '1' } }),
        ...installed('q', 'exports.v = §;'),
      }),
    ),
  },
  {
    name: 'another entry of its exports',
    ...both(
      uses({
        ...installed('p', 'exports.f = () => 1;', { exports: './v§.js' }),
        'node_modules/p/v1.js': 'exports.f = () => 1;',
        'node_modules/p/v2.js': 'exports.f = () => 2;',
      }),
    ),
  },
  {
    name: 'a nearer copy that is completed',
    files: uses({
      ...installed('p', 'exports.f = () => 1;'),
      'src/node_modules/p/readme.md': 'not yet installed',
    }),
    edit: {
      'src/node_modules/p/package.json': '{ "name": "p", "version": "2.0.0", "main": "index.js" }',
      'src/node_modules/p/index.js': 'exports.f = () => 2;',
    },
  },
  {
    name: 'a file of a package, by its path',
    ...both(
      uses({
        'src/lib.ts': "import { f as g } from 'p/deep/x.js'; export const f = () => g();",
        ...installed('p', ''),
        'node_modules/p/deep/x.js': 'exports.f = () => §;',
      }),
    ),
  },
  {
    name: 'a dependency that the package does not declare',
    ...both(
      uses({
        ...installed('p', 'exports.f = () => require("q").v;'),
        ...installed('q', 'exports.v = §;'),
      }),
    ),
  },
];

describe('C6: packages count by what is installed', () => {
  testTraps(packages);
});
