import { describe, expect, test } from 'vitest';
import { testBehaviours } from '../test/behaviour.ts';
import { mainEdit, testMutations } from '../test/mutation.ts';
import { TestWorkspace } from '../test/workspace.ts';

const HEAD =
  "import { environment, image, json } from 'skein';\nconst env = environment({ name: 'e' });\n";

/** The task `a`, a command with these properties. */
const command = (properties: string): string =>
  `export const a = env.command({ command: ['python3', 'a.py'], ${properties} });\n`;

describe('C1: the code of a command is what it is declared with', () => {
  testMutations([
    mainEdit('an argument', 'miss', [command(''), command('').replace('a.py', 'b.py')]),
    mainEdit('an input', 'miss', [
      command("inputs: { x: 'number' }"),
      command("inputs: { x: 'string' }"),
    ]),
    mainEdit('an exit code', 'miss', [command('exitCodes: [0]'), command('exitCodes: [0, 1]')]),
    mainEdit('a constant that it names', 'miss', [
      `const N = 1;\n${command("outputs: { x: 'text' }, stdin: String(N)")}`,
      `const N = 2;\n${command("outputs: { x: 'text' }, stdin: String(N)")}`,
    ]),
    mainEdit('a helper that it calls', 'miss', [
      `const f = () => 'a';\n${command('stdin: f()')}`,
      `const f = () => 'b';\n${command('stdin: f()')}`,
    ]),
    mainEdit('a type, a comment, the layout', 'hit', [
      command("inputs: { x: 'number' }"),
      `/** Docs. */\n${command("inputs: {\n  // why\n  x: 'number' as const,\n}")}`,
    ]),
    mainEdit('its neighbour', 'hit', [
      `${command('')}export const b = env.command({ command: 'true' });`,
      `${command('')}export const b = env.command({ command: 'false' });`,
    ]),
    mainEdit('Q5: options that are in no key, or are there by themselves', 'hit', [
      command("retries: 1, timeout: '1m', variables: { A: 'a' }"),
      command("resources: { memory: '1Gi' }, variables: { A: 'b' }"),
    ]),
    mainEdit('what is spread into it', 'miss', [
      `const shared = { retries: 1 };\n${command('...shared')}`,
      `const shared = { retries: 2 };\n${command('...shared')}`,
    ]),
    mainEdit('C3: a caller covers its id, not its code', 'hit', [
      `const b = env.command({ command: 'true' });\nexport const a = env.task(async () => b({}));`,
      `const b = env.command({ command: 'false' });\nexport const a = env.task(async () => b({}));`,
    ]),
  ]);
});

describe('C2: image(…) and json(…) declare, and are no effects', () => {
  const edited = (text: (n: number) => string) =>
    [1, 2].map((n) => `import { image, json } from 'skein';\n${text(n)}`) as [string, string];
  const other = 'export const a = env.task(async () => 1);\n';
  testMutations([
    mainEdit(
      'an image',
      'hit',
      edited((n) => `const py = image({ from: 'x:${n}' });\n${other}`),
    ),
    mainEdit(
      'an environment with one',
      'hit',
      edited((n) => `environment({ name: 'b', image: image({ from: 'x:${n}' }) });\n${other}`),
    ),
    mainEdit(
      'a command with JSON',
      'hit',
      edited(
        (n) =>
          `export const b = env.command({ command: '${n}', outputs: { x: json() } });\n${other}`,
      ),
    ),
    mainEdit(
      'what a command of the entry prints while it loads counts',
      'miss',
      edited(
        (n) => `export const b = env.command({ command: String(console.log(${n})) });\n${other}`,
      ),
    ),
  ]);
});

describe('O3: a command keeps nothing, for what runs is not the author’s code', () => {
  const around = 'const all: any[] = [];\nexport const keep = (x: any) => all.push(x);\n';
  testBehaviours([
    { name: 'plain', text: command(''), retains: null, impurities: [] },
    {
      name: 'that refers to what keeps something',
      text: `${around}const f = (): any => keep(1);\n${command('stdin: String(f())')}`,
      retains: null,
      impurities: [],
    },
    {
      name: 'but a task that keeps what a command gave it does',
      text:
        `${around}const b = env.command({ command: 'true' });\n` +
        'export const a = env.task(async () => { keep(await b({})); });',
      retains: 'all',
    },
  ]);
});

test('a command has one parameter with its inputs, and a place', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts':
      `${HEAD}export const train = env.command({\n  command: 'true',\n` +
      `  inputs: { x: 'number' },\n` +
      `} as const);\nexport default env.command({ command: 'false' });\n`,
  });
  const { tasks } = await workspace.analysis();
  expect(tasks).toMatchObject([
    { id: 'src/main.ts#train', parameters: ['inputs'], rest: false, required: 1, line: 3 },
    { id: 'src/main.ts#default', parameters: ['inputs'], exported: true },
  ]);
});

describe('a command is declared at the top level, by a name', () => {
  const cases: [string, string, string[]][] = [
    [
      'in a function',
      "export const make = () => env.command({ command: 'true' });",
      ['task-in-function 3:27'],
    ],
    [
      'in a function that is given the environment',
      "export const make = (it: any) => it.command({ command: 'true' });",
      ['task-in-function 3:34'],
    ],
    ['without a name', "env.command({ command: 'true' });", ['task-unnamed 3:1']],
    [
      'in an object',
      "export const all = { a: env.command({ command: 'true' }) };",
      ['task-unnamed 3:25'],
    ],
    [
      'a method of something else',
      'const cli = { command: (x: any) => x };\n' +
        "export const b = () => cli.command({ command: 'x' });",
      [],
    ],
  ];
  test.each(cases)('%s', async (_, text, expected) => {
    const result = await new TestWorkspace({ 'src/main.ts': HEAD + text }).result();
    const found = result.ok ? [] : result.failures;
    expect(found.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`)).toEqual(
      expected,
    );
  });
});
