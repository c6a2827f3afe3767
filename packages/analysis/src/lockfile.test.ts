import { describe, expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import type { Files } from '../test/workspace.ts';

const FILES: Files = {
  'src/main.ts':
    "import { environment } from 'skein';\nimport { f } from '@s/p';\nimport { g } from 'q';\n" +
    "const env = environment({ name: 'e' });\nexport const a = env.task(async () => [f, g]);\n",
  ...Object.fromEntries(
    ['@s/p', 'q'].flatMap((it) => [
      [
        `node_modules/${it}/package.json`,
        `{ "name": "${it}", "version": "1.2.3", "main": "i.js" }`,
      ],
      [`node_modules/${it}/i.js`, ''],
    ]),
  ),
};

async function warned(files: Files): Promise<unknown[]> {
  const { warnings } = await new TestWorkspace({ ...FILES, ...files }).analysis();
  return warnings.map(({ headline, facts, hint }) => [headline, facts, hint]);
}

const differs = (name: string, locked: string, install: string): unknown[] => [
  `installed package "${name}" is not the one in the lock file`,
  [
    ['installed', '1.2.3'],
    ['lock file', locked],
  ],
  `run ${install} to install what the lock file says`,
];

describe('C6: a warning names the package that is not the one of the lock file', () => {
  test('of npm', async () => {
    const lock = (q: string) =>
      JSON.stringify({
        packages: {
          '': {},
          'node_modules/@s/p': { version: '1.2.3' },
          'node_modules/q': { version: q },
          'node_modules/r/node_modules/q': { version: '9.0.0' },
        },
      });
    expect(await warned({ 'package-lock.json': lock('1.2.3') })).toEqual([]);
    expect(await warned({ 'package-lock.json': lock('2.0.0') })).toEqual([
      differs('q', '2.0.0', 'npm ci'),
    ]);
    expect(await warned({ 'package-lock.json': '{' })).toEqual([]);
  });

  test('of pnpm', async () => {
    const lock = (p: string, q: string) =>
      "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      q:\n" +
      `        version: 7.0.0\n\npackages:\n\n  '@s/p@${p}':\n    resolution: {}\n\n` +
      `  q@${q}(react@18.0.0):\n    resolution: {}\n\n  q@3.0.0:\n    ` +
      `resolution: {}\n\nsnapshots:\n\n  q@1.2.3: {}\n`;
    expect(await warned({ 'pnpm-lock.yaml': lock('1.2.3', '1.2.3') })).toEqual([]);
    expect(await warned({ 'pnpm-lock.yaml': lock('1.2.4', '2.0.0') })).toEqual([
      differs('@s/p', '1.2.4', 'pnpm install --frozen-lockfile'),
      differs('q', '2.0.0 or 3.0.0', 'pnpm install --frozen-lockfile'),
    ]);
  });

  test.each([
    [
      'the first',
      (p: string) =>
        `# yarn lockfile v1\n\n"@s/p@^1.0.0", "@s/p@~1.2.0":\n  version ` +
        `"${p}"\n  resolved "x"\n\nq@^1.0.0:\n  version "1.2.3"\n`,
    ],
    [
      'the later',
      (p: string) =>
        `__metadata:\n  version: 8\n\n"@s/p@npm:^1.0.0":\n  version: ${p}\n  ` +
        `resolution: "x"\n\n"q@npm:^1.0.0, q@npm:1":\n  version: 1.2.3\n`,
    ],
  ])('of yarn, %s form', async (_, lock) => {
    expect(await warned({ 'yarn.lock': lock('1.2.3') })).toEqual([]);
    expect(await warned({ 'yarn.lock': lock('1.3.0') })).toEqual([
      differs('@s/p', '1.3.0', 'yarn install --immutable'),
    ]);
  });

  test('is forgotten when the lock file agrees again', async () => {
    const workspace = new TestWorkspace({
      ...FILES,
      'yarn.lock': 'q@^1.0.0:\n  version "2.0.0"\n',
    });
    expect((await workspace.analysis()).warnings).toHaveLength(1);
    workspace.write({ 'yarn.lock': 'q@^1.0.0:\n  version "1.2.3"\n' });
    expect((await workspace.analysis()).warnings).toEqual([]);
  });
});
