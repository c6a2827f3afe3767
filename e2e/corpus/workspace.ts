/** Files of a workspace by path; `null` removes one. */
export type Files = Readonly<Record<string, string | null>>;

const MAIN = `import { environment, map } from 'skein';
import type { File } from 'skein';
import { readdirSync, readFileSync } from 'node:fs';
import { scale } from 'scales';
import { parseLine } from './parse.ts';
import { heavier, type Row } from './weigh.ts';
import { LIMITS } from './limits.ts';
import { title } from '@text/title.ts';
import { kind } from './kind.ts';
import units from './units.json' with { type: 'json' };

const env = environment({ name: 'corpus', cache: 'auto' });

export const parse = env.task(async (line: string) => parseLine(line));

export const weigh = env.task(async (row: Row, factor = 1) => heavier(row, factor));

export const limit = env.task(async (name: string) => LIMITS[name as keyof typeof LIMITS] ?? 0);

export const label = env.task(async (name: string) => title(name));

export const sort = env.task(async (name: string) => kind(name));

export const convert = env.task(async (unit: string) => units[unit as keyof typeof units] ?? 1);

export const scaled = env.task(async (value: number) => scale(value));

export const settings = env.task(async () => readFileSync('config/settings.json', 'utf8'));

export const optional = env.task(async () => {
  try {
    return readFileSync('config/optional.json', 'utf8');
  } catch {
    return 'none';
  }
});

export const names = env.task(async () => readdirSync('data').join(' '));

export const mode = env.task(async () => process.env['MODE'] ?? 'plain');

export const region = env.task({ variables: ['REGION'] }, async () => process.env['REGION'] ?? '');

export const size = env.task(async (file: File) => (await file.text()).length);

export const pinned = env.task(
  { cache: { version: '1' } },
  async (value: number) => heavier({ id: 'pinned', weight: { grams: value, unit: 'g' } }, 1),
);

export const salted = env.task({ cache: { salt: 'a' } }, async (value: number) => value * 2);

export const blind = env.task(
  { cache: { ignoredInputs: ['note'] } },
  async (value: number, note: string) => [value, note.length > -1],
);

export const boxed = env.task(
  { image: 'example.org/box@sha256:${'1'.repeat(64)}', isolation: 'process' },
  async (value: number) => value + 1,
);

export const total = env.task({ retries: 1, timeout: '1m' }, async (values: number[]) =>
  values.reduce((sum, value) => sum + value, 0),
);

export const main = env.task(async (input: Input, file: File) => {
  const rows = await map(parse, input.lines);
  return {
    rows,
    weights: await Promise.all(input.rows.map((row) => weigh(row))),
    limit: await limit(input.name),
    label: await label(input.name),
    sort: await sort(input.name),
    convert: await convert(input.unit),
    scaled: await scaled(input.value),
    settings: await settings(),
    optional: await optional(),
    names: await names(),
    mode: await mode(),
    region: await region(),
    size: await size(file),
    pinned: await pinned(input.value),
    salted: await salted(input.value),
    blind: await blind(input.value, input.note),
    boxed: await boxed(input.value),
    total: await total(rows.map((row) => row.length)),
  };
});

interface Input {
  lines: string[];
  rows: Row[];
  name: string;
  unit: string;
  value: number;
  note: string;
}
`;

/** What images stand for, wherever this runs: no registry is there to be asked. */
function lockOf(digits: Readonly<Record<string, string>>): string {
  const images = Object.entries(digits).map(([name, digit]) => {
    const image = { digest: `sha256:${digit.repeat(64)}` };
    return [name, { 'linux/amd64': image, 'linux/arm64': image }];
  });
  return `${JSON.stringify({ version: 1, images: Object.fromEntries(images), recipes: {} })}\n`;
}

/** The workspace that every mutation begins with: each task depends on one thing. */
export const workspace: Files = {
  'package.json': JSON.stringify({
    name: 'corpus',
    type: 'module',
    dependencies: { scales: '1.0.0' },
  }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { target: 'es2022', strict: true, paths: { '@text/*': ['./src/text/*'] } },
  }),
  'skein.images.json': lockOf({
    'example.org/box:1.0': '1',
    'example.org/box:1.1': '3',
    [`example.org/box@sha256:${'1'.repeat(64)}`]: '1',
    [`example.org/box@sha256:${'2'.repeat(64)}`]: '2',
    [`example.org/other@sha256:${'1'.repeat(64)}`]: '1',
  }),
  'src/main.ts': MAIN,
  'src/parse.ts': `import { trimmed } from './trim';

const SEPARATOR = ',';

/** Fields of a line. */
export function parseLine(line: string): string[] {
  return trimmed(line).split(SEPARATOR);
}

export function unused(line: string): string {
  return line.toUpperCase();
}
`,
  'src/trim/index.ts': `export { trimmed } from './trimmed.ts';\n`,
  'src/trim/trimmed.ts': `export const trimmed = (text: string): string => text.trim();\n`,
  'src/weigh.ts': `export interface Row {
  id: string;
  weight: { grams: number; unit: string };
}

class Scale {
  constructor(readonly factor: number) {}

  read(row: Row): number {
    return row.weight.grams * this.factor;
  }
}

class FineScale extends Scale {
  override read(row: Row): number {
    return Math.round(super.read(row) * 10) / 10;
  }
}

export function heavier(row: Row, factor: number): number {
  return new FineScale(factor).read(row);
}
`,
  'src/limits.ts': `enum Level {
  Low = 1,
  High = 9,
}

export const LIMITS = { low: Level.Low, high: Level.High } as const;
`,
  'src/text/title.ts': `export const title = (name: string): string => \`Title of \${name}\`;\n`,
  'src/kind.ts': `const KINDS = new Map([['a', 'first'], ['b', 'second']]);

export function kind(name: string): string {
  return KINDS.get(name) ?? other(name);
}

function other(name: string): string {
  return \`other \${name}\`;
}
`,
  'src/units.json': '{ "g": 1, "kg": 1000 }\n',
  'config/settings.json': '{ "depth": 3 }\n',
  'data/one.txt': 'one\n',
  'data/two.txt': 'two\n',
  'input.json': JSON.stringify({
    input: {
      lines: [' a,b ', 'c,d,e', 'f'],
      rows: [
        { id: 'r1', weight: { grams: 12.34, unit: 'g' } },
        { id: 'r2', weight: { grams: 20, unit: 'g' } },
      ],
      name: 'low',
      unit: 'kg',
      value: 4,
      note: 'first',
    },
    file: 'data/one.txt',
  }),
  'node_modules/scales/package.json': JSON.stringify({
    name: 'scales',
    version: '1.0.0',
    type: 'module',
    main: 'index.js',
    dependencies: { steps: '2.0.0' },
  }),
  'node_modules/scales/index.js': `import { step } from 'steps';
export const scale = (value) => value * 10 + step;
`,
  'node_modules/scales/README.md': '# scales\n',
  'node_modules/steps/package.json': JSON.stringify({
    name: 'steps',
    version: '2.0.0',
    type: 'module',
    main: 'index.js',
  }),
  'node_modules/steps/index.js': `export const step = 5;\n`,
};
