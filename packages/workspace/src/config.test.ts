import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const folders: string[] = [];

afterAll(() => {
  for (const it of folders) rmSync(it, { recursive: true, force: true });
});

function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'skein-config-'));
  folders.push(root);
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

async function failureOf(files: Readonly<Record<string, string>>) {
  const result = await loadConfig(rootWith(files));
  return result.ok ? undefined : result.failure;
}

const none = { file: null, passThrough: [], tokens: {}, durability: 'process' };

describe('loadConfig', () => {
  it('gives a configuration without anything where there is no file', async () => {
    expect(await loadConfig(rootWith({}))).toEqual({ ok: true, value: none });
  });

  it.each([
    ['skein.config.ts', 'const tokens: Record<string, number> = { a: 1 };\nexport default '],
    ['skein.config.mts', 'const tokens: Record<string, number> = { a: 1 };\nexport default '],
    ['skein.config.js', 'const tokens = { a: 1 };\nexport default '],
    ['skein.config.mjs', 'const tokens = { a: 1 };\nexport default '],
  ])('imports %s', async (file, before) => {
    const root = rootWith({ [file]: `${before}{ tokens, passThrough: ['b', '@a/a', 'b'] };\n` });
    expect(await loadConfig(root)).toEqual({
      ok: true,
      value: { ...none, file, passThrough: ['@a/a', 'b'], tokens: { a: 1 } },
    });
  });

  it('reads JSON', async () => {
    const root = rootWith({ 'skein.config.json': '{ "tokens": { "github": 2 } }' });
    const value = { ...none, file: 'skein.config.json', tokens: { github: 2 } };
    expect(await loadConfig(root)).toEqual({ ok: true, value });
  });

  it('D2: takes what results are to survive, and nothing else', async () => {
    const power = rootWith({ 'skein.config.json': '{ "durability": "power" }' });
    expect(await loadConfig(power)).toMatchObject({ value: { durability: 'power' } });
    const failure = await failureOf({ 'skein.config.json': '{ "durability": "fire" }' });
    expect(failure?.facts).toEqual([['durability', '"fire", neither "process" nor "power"']]);
  });

  it('takes where results are shared, and names what is wrong with it', async () => {
    const root = rootWith({ 'skein.config.json': '{ "remote": "https://cache.example" }' });
    expect(await loadConfig(root)).toMatchObject({
      value: { remote: { url: 'https://cache.example', trust: [] } },
    });
    const failure = await failureOf({
      'skein.config.json': '{ "remote": { "url": "cache", "tokn": 1 } }',
    });
    expect(failure?.facts.map(([name]) => name)).toEqual(['remote.tokn', 'remote.url']);
  });

  it('may import defineConfig of an installed skein', async () => {
    const root = rootWith({
      'skein.config.ts':
        "import { defineConfig } from 'skein';\n" +
        'export default defineConfig({ tokens: { a: 1 } });\n',
    });
    const skein = join(root, 'node_modules', 'skein');
    mkdirSync(skein, { recursive: true });
    writeFileSync(join(skein, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    writeFileSync(join(skein, 'index.js'), 'export const defineConfig = (it) => it;\n');
    const result = await loadConfig(root);
    expect(result.ok && result.value.tokens).toEqual({ a: 1 });
  });

  it('names every unknown field and wrong type at once', async () => {
    const failure = await failureOf({
      'skein.config.json':
        '{ "token": 1, "passThrough": ["ok", "no name", 3], "tokens": { "a": "1", "b": -1 } }',
    });
    expect(failure).toEqual({
      code: 'config-invalid',
      kind: 'usage',
      headline: 'the configuration "skein.config.json" is not valid',
      facts: [
        ['token', 'no such field'],
        ['passThrough[1]', '"no name", not the name of a package'],
        ['passThrough[2]', '3, not the name of a package'],
        ['tokens.a', '"1", not a number from 0'],
        ['tokens.b', '-1, not a number from 0'],
      ],
      hint:
        'it may have "passThrough", "tokens", "gpus", "durability", "remote", "container", ' +
        '"entry", "task" and "input"',
    });
  });

  it.each([
    ['2', 2],
    ['["GPU-1", "3", "3"]', ['GPU-1', '3']],
  ])('X2: reads how many gpus there are, or their names: %s', async (text, gpus) => {
    const root = rootWith({ 'skein.config.json': `{ "gpus": ${text} }` });
    const result = await loadConfig(root);
    expect(result.ok && result.value.gpus).toEqual(gpus);
  });

  it.each([
    ['-1', [['gpus', '-1, neither a whole number nor a list of names']]],
    [
      '["0,1", 2]',
      [
        ['gpus[0]', '"0,1", not the name of a gpu'],
        ['gpus[1]', '2, not the name of a gpu'],
      ],
    ],
  ])('refuses gpus that are none: %s', async (text, facts) => {
    expect((await failureOf({ 'skein.config.json': `{ "gpus": ${text} }` }))?.facts).toEqual(facts);
  });

  it.each([
    ['skein.config.js', 'export const tokens = {};\n', 'nothing, not an object'],
    ['skein.config.js', 'export default () => ({});\n', 'a function, not an object'],
    ['skein.config.json', '[]', '[], not an object'],
  ])('says that %s exports no object: %s', async (file, text, expected) => {
    const failure = await failureOf({ [file]: text });
    expect(failure?.facts).toEqual([['default export', expected]]);
  });

  it.each([
    ['skein.config.js', "throw new Error('no network\\nand more');\n", /^no network$/],
    ['skein.config.js', 'export default {\n', /Unexpected|parse/],
    ['skein.config.json', '{', /JSON/],
    ['skein.config.ts', "import './gone.ts';\nexport default {};\n", /gone/],
  ])('tells why %s does not load: %s', async (file, text, expected) => {
    const failure = await failureOf({ [file]: text });
    expect(failure?.code).toBe('config-invalid');
    expect(failure?.headline).toBe(`the configuration "${file}" cannot be loaded`);
    expect(failure?.facts[0]?.[1]).toMatch(expected);
  });

  it.each([
    ['tokens: new Map([["a", 1]])', 'tokens', /^Map.* not an object of numbers$/],
    ['tokens: { a: { b: 1n } }', 'tokens.a', /1n.* not a number from 0$/],
    ['get tokens() { throw new Error("no network"); }', 'error', /^no network$/],
    ['tokens: (() => { const it = {}; it.it = it; return it; })()', 'tokens.it', /ircular/],
  ])('names what is wrong with values that JSON cannot write: %s', async (text, name, expected) => {
    const failure = await failureOf({ 'skein.config.js': `export default { ${text} };\n` });
    expect(failure?.code).toBe('config-invalid');
    expect(failure?.facts[0]?.[0]).toBe(name);
    expect(failure?.facts[0]?.[1]).toMatch(expected);
  });

  it('refuses a module that waits for ever, instead of ending the process with code 0', () => {
    const root = rootWith({
      'skein.config.js': 'await new Promise(() => {});\nexport default {};\n',
    });
    const module = import.meta.resolve('./config.ts');
    const program =
      `const { loadConfig } = await import(${JSON.stringify(module)});\n` +
      `console.log(JSON.stringify(await loadConfig(${JSON.stringify(root)})));\n`;
    const args = ['--input-type=module', '--eval', program];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(JSON.parse(printed)).toMatchObject({
      ok: false,
      failure: {
        code: 'config-invalid',
        facts: [['error', 'it waits for something that never happens']],
      },
    });
  });

  it('refuses two files, since only one of them could count', async () => {
    const failure = await failureOf({ 'skein.config.json': '{}', 'skein.config.ts': '' });
    expect(failure?.facts).toEqual([
      ['one', '"skein.config.ts"'],
      ['other', '"skein.config.json"'],
    ]);
  });
});
