import { cpSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { edit, mutation, type Change, type Mutation } from './mutation.ts';

const SCALES = 'node_modules/scales';
const STEPS = 'node_modules/steps';
const A_WHILE_AGO = new Date(1_600_000_000_000);

const manifest = (fields: object): string => `${JSON.stringify(fields)}\n`;

const nearer: Change = {
  files: {
    'src/node_modules/scales/package.json': manifest({
      name: 'scales',
      version: '1.5.0',
      type: 'module',
      main: 'index.js',
    }),
    'src/node_modules/scales/index.js': 'export const scale = (value) => value;\n',
  },
};

/** Installed packages count by name, version and content (C6). */
export const packages: readonly Mutation[] = [
  mutation(
    'the version of a package',
    edit(`${SCALES}/package.json`, '"version":"1.0.0"', '"version":"1.0.1"'),
    ['scaled'],
  ),
  mutation('a patched file of a package', edit(`${SCALES}/index.js`, 'value * 10', 'value * 11'), [
    'scaled',
    'main',
  ]),
  mutation(
    'a patched comment of a package',
    edit(`${SCALES}/index.js`, 'import', '// Patched.\nimport'),
    ['scaled'],
  ),
  mutation(
    'a patched file of a package, with an equal result',
    edit(`${SCALES}/index.js`, 'value * 10', '10 * value'),
    ['scaled'],
  ),
  mutation('a new file in a package', { files: { [`${SCALES}/extra.js`]: 'export {};\n' } }, [
    'scaled',
  ]),
  mutation('a file less in a package', { files: { [`${SCALES}/README.md`]: null } }, ['scaled']),
  mutation('a patched dependency of a package', edit(`${STEPS}/index.js`, 'step = 5', 'step = 6'), [
    'scaled',
    'main',
  ]),
  mutation(
    'the version of a dependency of a package',
    edit(`${STEPS}/package.json`, '2.0.0', '2.0.1'),
    ['scaled'],
  ),
  mutation(
    'a dependency that is nearer to a package',
    {
      files: {
        [`${SCALES}/node_modules/steps/package.json`]: manifest({
          name: 'steps',
          version: '3.0.0',
          type: 'module',
          main: 'index.js',
        }),
        [`${SCALES}/node_modules/steps/index.js`]: 'export const step = 7;\n',
      },
    },
    ['scaled', 'main'],
  ),
  mutation(
    'the entry point of a package',
    {
      files: { [`${SCALES}/other.js`]: 'export const scale = (value) => value;\n' },
      replaced: [[`${SCALES}/package.json`, 'index.js', 'other.js']],
    },
    ['scaled', 'main'],
  ),
  mutation(
    'conditions of a package',
    {
      files: { [`${SCALES}/other.js`]: 'export const scale = (value) => value;\n' },
      replaced: [
        [`${SCALES}/package.json`, '"main":"index.js"', '"exports":{"import":"./other.js"}'],
      ],
    },
    ['scaled', 'main'],
  ),
  mutation(
    'the times of the files of a package',
    { touch: (root) => utimesSync(join(root, SCALES, 'index.js'), A_WHILE_AGO, A_WHILE_AGO) },
    [],
  ),
  mutation('all packages are installed again', { touch: (root) => reinstall(root) }, []),
  mutation('a package becomes a link', { touch: (root) => link(root) }, []),
  mutation(
    'a package that nobody imports',
    { files: { 'node_modules/other/package.json': manifest({ name: 'other', version: '1.0.0' }) } },
    [],
  ),
  mutation('a package that is nearer to the source', nearer, ['scaled', 'main']),
  mutation(
    'the nearer package goes',
    {
      before: nearer,
      files: {
        'src/node_modules/scales/package.json': null,
        'src/node_modules/scales/index.js': null,
      },
    },
    ['scaled', 'main'],
  ),
  mutation(
    'a nearer folder without a package',
    { files: { 'src/node_modules/scales/notes.txt': 'none\n' } },
    [],
  ),
  mutation(
    'a nearer folder that becomes a package',
    { before: { files: { 'src/node_modules/scales/notes.txt': 'none\n' } }, ...nearer },
    ['scaled', 'main'],
  ),
  mutation(
    'a package that goes',
    { touch: (root) => rmSync(join(root, SCALES), { recursive: true }) },
    'rejected',
  ),
];

function reinstall(root: string): void {
  for (const name of [SCALES, STEPS]) {
    cpSync(join(root, name), join(root, `${name}.new`), { recursive: true });
    rmSync(join(root, name), { recursive: true });
    renameSync(join(root, `${name}.new`), join(root, name));
  }
}

/** As a package manager that keeps packages in a store does. */
function link(root: string): void {
  cpSync(join(root, STEPS), join(root, 'store/node_modules/steps'), { recursive: true });
  cpSync(join(root, SCALES), join(root, 'store/node_modules/scales'), { recursive: true });
  rmSync(join(root, SCALES), { recursive: true });
  symlinkSync('../store/node_modules/scales', join(root, SCALES));
}

const TSCONFIG = 'tsconfig.json';

/** Options that change what is emitted count by what they change (C7). */
export const configuration: readonly Mutation[] = [
  mutation('an option of type checking', edit(TSCONFIG, '"strict":true', '"strict":false'), []),
  mutation(
    'an option that is new',
    edit(TSCONFIG, '"strict":true', '"strict":true,"noUnusedLocals":true'),
    [],
  ),
  mutation(
    'a comment in the configuration',
    edit(TSCONFIG, '{"compilerOptions"', '/* ours */ {"compilerOptions"'),
    [],
  ),
  mutation(
    'how fields of classes are emitted',
    edit(TSCONFIG, '"strict":true', '"strict":true,"useDefineForClassFields":false'),
    ['weigh'],
  ),
  mutation(
    'a base of the configuration with nothing new',
    {
      files: { 'base.json': '{ "compilerOptions": { "strict": true } }' },
      replaced: [[TSCONFIG, '{"compilerOptions"', '{"extends":"./base.json","compilerOptions"']],
    },
    [],
  ),
  mutation(
    'where an alias leads',
    {
      files: { 'src/words/title.ts': 'export const title = (name: string): string => name;\n' },
      replaced: [[TSCONFIG, './src/text/*', './src/words/*']],
    },
    ['label', 'main'],
  ),
  mutation(
    'an alias that nobody uses',
    edit(TSCONFIG, '"paths":{', '"paths":{"@none/*":["./none/*"],'),
    [],
  ),
  mutation(
    'the description in the manifest',
    edit('package.json', '"name":"corpus"', '"name":"corpus","description":"x"'),
    [],
  ),
  mutation(
    'the version in the manifest',
    edit('package.json', '"name":"corpus"', '"name":"corpus","version":"2.0.0"'),
    [],
  ),
  mutation(
    'a dependency that nobody imports',
    edit('package.json', '"scales":"1.0.0"', '"scales":"1.0.0","other":"1.0.0"'),
    [],
  ),
  mutation(
    'a script in the manifest',
    edit('package.json', '"name":"corpus"', '"name":"corpus","scripts":{"a":"b"}'),
    [],
  ),
  mutation(
    'a lock file that agrees',
    {
      files: {
        'package-lock.json': manifest({
          name: 'corpus',
          lockfileVersion: 3,
          packages: { 'node_modules/scales': { version: '1.0.0' } },
        }),
      },
    },
    [],
  ),
  mutation(
    'a lock file that says otherwise',
    {
      files: {
        'package-lock.json': manifest({
          name: 'corpus',
          lockfileVersion: 3,
          packages: { 'node_modules/scales': { version: '9.0.0' } },
        }),
      },
    },
    [],
  ),
];

/** What an import means is looked up in every run (C5). */
export const resolution: readonly Mutation[] = [
  mutation(
    'a file appears beside a folder of its name',
    { files: { 'src/trim.ts': 'export const trimmed = (text: string): string => text;\n' } },
    ['parse', 'main'],
  ),
  mutation(
    'a file appears beside a folder of its name, with an equal declaration',
    { files: { 'src/trim.ts': 'export const trimmed = (text: string): string => text.trim();\n' } },
    ['parse'],
  ),
  mutation(
    'a file of another extension that is not taken',
    { files: { 'src/trim/index.js': 'export const trimmed = (text) => text;\n' } },
    [],
  ),
  mutation(
    'a file of an extension that is taken first',
    { files: { 'src/trim/index.tsx': 'export const trimmed = (text: string): string => text;\n' } },
    ['parse', 'main'],
  ),
  mutation(
    'the file beside a folder goes',
    {
      before: {
        files: { 'src/trim.ts': 'export const trimmed = (text: string): string => text;\n' },
      },
      files: { 'src/trim.ts': null },
    },
    ['parse', 'main'],
  ),
  mutation(
    'a manifest in the folder leads elsewhere',
    {
      files: {
        'src/trim/package.json': manifest({ main: './plain.ts' }),
        'src/trim/plain.ts': 'export const trimmed = (text: string): string => text;\n',
      },
    },
    ['parse', 'main'],
  ),
  mutation(
    'an import with its extension',
    edit('src/parse.ts', "'./trim'", "'./trim/index.ts'"),
    [],
  ),
  mutation(
    'an import of the module itself',
    edit('src/parse.ts', "'./trim'", "'./trim/trimmed.ts'"),
    [],
  ),
  mutation(
    'an alias in place of a path',
    edit('src/main.ts', "'@text/title.ts'", "'./text/title.ts'"),
    [],
  ),
  mutation(
    'a default import in place of a name',
    {
      files: {
        'src/text/title.ts': 'export default (name: string): string => `Title of ${name}`;\n',
      },
      replaced: [['src/main.ts', '{ title }', 'title']],
    },
    ['label'],
  ),
  mutation(
    'a namespace in place of a name',
    {
      replaced: [
        ['src/main.ts', '{ title }', '* as texts'],
        ['src/main.ts', '=> title(name)', '=> texts.title(name)'],
      ],
    },
    ['label'],
  ),
  mutation(
    'an import that leads nowhere',
    edit('src/parse.ts', "'./trim'", "'./trims'"),
    'rejected',
  ),
];
