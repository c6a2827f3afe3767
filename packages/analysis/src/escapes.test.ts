import { describe } from 'vitest';
import { task, testBehaviours } from '../test/behaviour.ts';
import type { BehaviourCase } from '../test/behaviour.ts';

const LIST = 'const C: any[] = []; const O: any = { list: [] as any[] };\n';
const READ = "readFileSync('data/a.txt', 'utf8')";

const by = (body: string, head = LIST): BehaviourCase => {
  return { name: body, text: head + task(body), retains: true };
};

describe('O3: a method of a shared collection that is taken as a value may write into it', () => {
  testBehaviours([
    by(`[1].forEach(C.push.bind(C, ${READ}))`),
    by(`const { push } = C; push.call(C, ${READ})`),
    by(`const push = C.push; push.call(C, ${READ})`),
    by(`C[x as 'push'](${READ})`),
    by(`Reflect.apply(C.push, C, [${READ}])`),
    by(`Array.prototype.push.call(C, ${READ})`),
    by(`Array.prototype.push.apply(C, [${READ}])`),
    by(`[].push.call(C as never, ${READ} as never)`),
    by(`C.push.call(C, ${READ})`),
    by(`C.push.apply(C, [${READ}])`),
    by(`(0, C.push).call(C, ${READ})`),
    by(`Object.assign(C, [${READ}])`),
    by(`Function.prototype.call.call(C.push, C, ${READ})`),
    by(`const f = Function.prototype.call.bind(Array.prototype.push); f(C, ${READ})`),
    by(`const m = C.push.bind(C); m(${READ})`),
    by(`await Promise.resolve(${READ}).then(C.push.bind(C))`),
    by(`O.list.push.call(O.list, ${READ})`),
    by(`[${READ}].forEach(Set.prototype.add, C)`),
    by(`M.set.bind(M, 'a')(${READ})`, 'const M = new Map();\n'),
    by(`[${READ}].forEach(S.add, S)`, 'const S = new Set();\n'),
    by(`const keep = [C.push][0]!; keep.call(C, ${READ})`),
    by(`const t = { keep: C.push }; t.keep.call(C, ${READ})`),
    by(`const add = (m: any, ...a: any[]) => m.apply(C, a); add([].push, ${READ})`),
    by(`const add = (f: any) => f(${READ}); add(C.push.bind(C))`),
    by('keep(x)', 'const C: any[] = []; const keep = C.push.bind(C);\n'),
    by('return x ? B.push : 1', 'const B: any[] = []; export { B };\n'),
  ]);
});

describe('O3: what is handed to Node or hung on a global stays there', () => {
  const at = (body: string, head = ''): BehaviourCase => by(body, head);
  testBehaviours([
    at(`process.on('x', () => ${READ})`),
    at(`process.once('x', () => ${READ})`),
    at(`process.emit('x' as never, ${READ})`),
    at(`process.addListener('x', () => ${READ})`),
    at(`process.title = ${READ}`),
    at("on('x', () => x)", "import { on } from 'node:process';\n"),
    at(
      `setEnvironmentData('k', ${READ})`,
      "import { setEnvironmentData } from 'node:worker_threads';\n",
    ),
    at(`w.setEnvironmentData('k', ${READ})`, "import * as w from 'node:worker_threads';\n"),
    at("subscribe('x', () => x)", "import { subscribe } from 'node:diagnostics_channel';\n"),
    at("channel('x').subscribe(() => x)", "import { channel } from 'node:diagnostics_channel';\n"),
    at("d.channel('x').publish(x)", "import d from 'node:diagnostics_channel';\n"),
    at('c.publish(x)', "import d from 'node:diagnostics_channel'; const c = d.channel('x');\n"),
    at(
      `require.cache[x] = ${READ} as never`,
      "import { createRequire } from 'node:module';\n" +
        'const require = createRequire(import.meta.url);\n',
    ),
    at(`require.cache[x] = ${READ} as never`),
    at(`(globalThis as any)[x] = ${READ}`),
    at(`(globalThis as any)[Symbol.for('s')] = ${READ}`),
    at(`Object.defineProperty(globalThis, 's', { value: ${READ} })`),
    at(`Object.assign(globalThis, { s: ${READ} })`),
    at(`Reflect.set(globalThis, 's', ${READ})`),
    at(`const g = globalThis as any; Object.assign(g, { s: ${READ} })`),
    at(`const g = Function('return this')(); g.s = ${READ}`),
    at(`(fs as any).x = ${READ}`, "import fs from 'node:fs';\n"),
    at(`(fs.promises as any).x = ${READ}`, "import fs from 'node:fs';\n"),
    at(`(readFileSync as any).x = ${READ}`),
    at(`(inspect.defaultOptions as any).x = ${READ}`, "import { inspect } from 'node:util';\n"),
    at("e.addEventListener('x', () => x)", 'const e = new EventTarget();\n'),
    at("e.dispatchEvent(new Event('x'))", 'const e = new EventTarget();\n'),
    at(
      's.enterWith(x)',
      "import { AsyncLocalStorage } from 'node:async_hooks'; const s = new AsyncLocalStorage();\n",
    ),
    at(
      'return s.run(x, () => s.getStore())',
      "import { AsyncLocalStorage } from 'node:async_hooks'; const s = new AsyncLocalStorage();\n",
    ),
    at('setInterval(() => x, 1000)'),
    at(`setTimeout(() => console.log(${READ}), 1)`),
    at(`setImmediate(() => console.log(${READ}))`),
    at(`queueMicrotask(() => console.log(${READ}))`),
    at('setInterval(() => x, 1)', "import { setInterval } from 'node:timers';\n"),
    at('t.setInterval(() => x, 1)', "import t from 'node:timers';\n"),
    at("mock.method(x, 'a')", "import { mock } from 'node:test';\n"),
    at("performance.mark('a', { detail: x })"),
    at('createHook({ init() {} }).enable()', "import { createHook } from 'node:async_hooks';\n"),
    at('syncBuiltinESMExports()', "import { syncBuiltinESMExports } from 'node:module';\n"),
    at('setDefaultResultOrder(x)', "import { setDefaultResultOrder } from 'node:dns';\n"),
    at('setFlagsFromString(x)', "import { setFlagsFromString } from 'node:v8';\n"),
    at("runInThisContext('globalThis.x = 1')", "import { runInThisContext } from 'node:vm';\n"),
  ]);
});

const P = "import p from 'p'; import { cached } from 'p'; import * as q from 'p';\n";

describe('O3: a package may keep a function that it is given, and what that has seen', () => {
  testBehaviours([
    by(`return p.cached('k', async () => { await x; return ${READ} })`, P),
    by(`return p('k', async () => { await x; return ${READ} })`, P),
    by(`return cached('k', function () { return ${READ} })`, P),
    by(`return q.cached('k', () => ${READ})`, P),
    by(`const f = () => ${READ}; return cached(f)`, P),
    by('return cached(read)', `${P}const read = () => ${READ};\n`),
    by('return cached(read)', `${P}async function read() { return ${READ} }\n`),
    by('return cached({ load: read })', `${P}async function read() { return ${READ} }\n`),
    by(`return cached({ load: () => ${READ} })`, P),
    by(`return cached({ load() { return ${READ} } })`, P),
    by(`return cached([() => ${READ}])`, P),
    by(`return new p(() => ${READ})`, P),
    by(`return new q.Loader(async (keys: any) => readFileSync(keys))`, P),
    by('return cached(() => read())', `${P}const read = () => ${READ};\n`),
    by(`return p.make().on(() => ${READ})`, P),
    by(`const c = p.make(); return c.get('k', () => ${READ})`, P),
    by(`return cached.call(null, () => ${READ})`, P),
    by(`return with1(() => ${READ})`, `${P}const with1 = (f: any) => cached(f);\n`),
    by('return cached(T.load)', `${P}const T = { load: () => ${READ} };\n`),
    by(`return cached\`\${() => ${READ}}\``, P),
  ]);
});

describe('O3: ordinary code hands nothing to anybody', () => {
  testBehaviours(
    [
      ['plain values to a package', `${P}${task("return [p.f(x), cached('k', 1), new p(x)]")}`],
      [
        'a pure comparator to a package',
        P + task('return p.sortBy(x, (a: any, b: any) => a.n - b.n)'),
      ],
      [
        'a pure mapper to a package',
        P + task('return p.map(x, (it: any) => ({ ...it, n: it.n + 1 }))'),
      ],
      [
        'a written function that is pure',
        `${P}const by = (a: any) => a.name; ${task('return p.order(x, by)')}`,
      ],
      [
        'methods of collections with functions that read',
        task('return x.map((it: any) => readFileSync(it))'),
      ],
      [
        'skein’s map with a function that reads',
        task('return map((it: any) => readFileSync(it), x)'),
      ],
      [
        'functions of Node that are given functions',
        "import { promisify } from 'node:util';\n" +
          "import { pipeline } from 'node:stream/promises';\n" +
          task(
            'await pipeline(x, async function* (s: any) { for await (const c of s) ' +
              'yield readFileSync(c) }); return promisify(x)',
          ),
      ],
      ['a wait', task('await new Promise((done) => setTimeout(done, 1)); return x')],
      [
        'table look-ups',
        'const T: any = { a: 1, list: [1] };' +
          task(
            'const { a, list } = T; return [a, list[0], T[x], list.length, ' +
              'T.list.map((it: any) => it + 1)]',
          ),
      ],
      [
        'a function of a table as a value',
        `const T = { a: (n: number) => n }; ${task('const { a } = T; return [x].map(T.a).map(a)')}`,
      ],
      [
        'reads through the process',
        task('return [process.cwd(), process.argv[0], process.platform, process.env.HOME]'),
      ],
      [
        'a bound method of its own',
        task('const l: any[] = []; [1].forEach(l.push.bind(l)); return l'),
      ],
      ['a log', task('console.log(x); return JSON.stringify(x, (_, v) => v)')],
      [
        'a custom inspection of its own objects',
        `import { inspect } from 'node:util'; ${task('return { [inspect.custom]: () => 1 }')}`,
      ],
      ['schemas', `import * as z from 'node:util'; ${task('return z.format(x)')}`],
    ].map(([name = '', text = '']) => ({ name, text, retains: null, impurities: [] })),
  );
});
