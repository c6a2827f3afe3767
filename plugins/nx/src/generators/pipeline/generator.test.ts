import { addProjectConfiguration, readProjectConfiguration, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { pipelineGenerator } from './generator.ts';
import type { PipelineOptions } from './options.ts';

let tree: Tree;

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

function text(path: string): string {
  return tree.read(path, 'utf-8') ?? '';
}

function json(path: string): unknown {
  return JSON.parse(text(path));
}

async function generate(options: PipelineOptions): Promise<void> {
  await pipelineGenerator(tree, { skipFormat: true, ...options });
}

test('a workspace whose projects have a project.json gets one more', async () => {
  await generate({ directory: 'apps/words', tags: 'scope:data, type:pipeline' });
  expect(readProjectConfiguration(tree, 'words')).toMatchObject({
    root: 'apps/words',
    projectType: 'application',
    sourceRoot: 'apps/words/src',
    tags: ['scope:data', 'type:pipeline'],
  });
  expect(text('apps/words/src/main.ts')).toContain(`environment({ name: 'words', cache: 'auto' })`);
  expect(text('apps/words/skein.config.ts')).toContain(`{ texts: '{projectRoot}/texts' }`);
  expect(tree.children('apps/words/texts')).toHaveLength(3);
  expect(text('nx.json')).toContain('"@skein/nx"');
  expect(json('apps/words/package.json')).toEqual({ name: 'words', private: true, type: 'module' });
});

test('a manifest of its own only says what the one around it does not', async () => {
  tree.write('package.json', '{ "name": "w", "type": "module" }');
  await generate({ directory: 'words' });
  expect(tree.exists('words/package.json')).toBe(false);
  expect(readProjectConfiguration(tree, 'words').root).toBe('words');
});

describe('a workspace of packages gets one more', () => {
  test('that its patterns already cover', async () => {
    const root = '{ "name": "w", "workspaces": ["packages/*"], "dependencies": { "skein": "1" } }';
    tree.write('package.json', root);
    await generate({ directory: 'packages/words', name: '@acme/words', tags: 'a' });
    expect(json('packages/words/package.json')).toEqual({
      name: '@acme/words',
      version: '0.0.0',
      private: true,
      type: 'module',
      dependencies: { skein: '1' },
      nx: { tags: ['a'] },
    });
    expect(tree.exists('packages/words/project.json')).toBe(false);
    expect(json('package.json')).toMatchObject({ workspaces: ['packages/*'] });
    expect(text('packages/words/src/main.ts')).toContain(`name: 'words'`);
  });

  test('that is added to its list', async () => {
    tree.write('package.json', '{ "workspaces": ["packages/*"] }');
    await generate({ directory: 'words' });
    expect(json('package.json')).toMatchObject({ workspaces: ['packages/*', 'words'] });
  });

  test('that is added to the list in an object', async () => {
    tree.write('package.json', '{ "workspaces": { "packages": ["packages/*"] } }');
    await generate({ directory: 'words' });
    expect(json('package.json')).toMatchObject({
      workspaces: { packages: ['packages/*', 'words'] },
    });
  });

  test('that is added to the list of pnpm, whose other lines stay', async () => {
    const lines = [
      '# ours',
      'packages:',
      "  - 'packages/*' # all",
      '  # more',
      '  - "!packages/old"',
    ];
    const yaml = [...lines, 'catalog:', '  a: 1', ''].join('\n');
    tree.write('pnpm-workspace.yaml', yaml);
    await generate({ directory: 'packages/words' });
    expect(text('pnpm-workspace.yaml')).toBe(yaml);
    await generate({ directory: 'words', name: 'more' });
    expect(text('pnpm-workspace.yaml')).toBe(
      yaml.replace('packages:\n', `packages:\n  - 'words'\n`),
    );
  });

  test('unless the list of pnpm is of another form', async () => {
    tree.write('pnpm-workspace.yaml', 'packages: ["packages/*"]\n');
    await expect(generate({ directory: 'words' })).rejects.toThrow('no list of packages');
  });
});

describe('tsconfig.json', () => {
  test('stands alone where there is nothing to extend', async () => {
    tree.delete('tsconfig.base.json');
    await generate({ directory: 'words' });
    const config = json('words/tsconfig.json') as { readonly extends?: string };
    expect(config.extends).toBeUndefined();
    expect(config).toMatchObject({ compilerOptions: { strict: true, noEmit: true } });
  });

  test('extends the base', async () => {
    tree.write('tsconfig.base.json', '{}');
    await generate({ directory: 'apps/deep/words' });
    expect(json('apps/deep/words/tsconfig.json')).toMatchObject({
      extends: '../../../tsconfig.base.json',
      compilerOptions: { noEmit: true },
    });
  });

  test('is referenced where the others are', async () => {
    tree.write('tsconfig.base.json', '{}');
    tree.write('tsconfig.json', `{\n  // all projects\n  "files": [],\n  "references": []\n}\n`);
    await generate({ directory: 'packages/words' });
    expect(text('tsconfig.json')).toContain('// all projects');
    expect(text('tsconfig.json')).toContain('"path": "./packages/words"');
    const { compilerOptions } = json('packages/words/tsconfig.json') as {
      readonly compilerOptions: Readonly<Record<string, unknown>>;
    };
    expect(compilerOptions).toMatchObject({ composite: true, emitDeclarationOnly: true });
    expect(compilerOptions['noEmit']).toBeUndefined();
  });
});

test('a unit test comes where the workspace has vitest, or as it is told', async () => {
  await generate({ directory: 'none' });
  expect(tree.exists('none/src/main.test.ts')).toBe(false);
  tree.write('package.json', '{ "devDependencies": { "vitest": "4" } }');
  await generate({ directory: 'tested' });
  expect(text('tested/src/main.test.ts')).toContain(`from 'vitest'`);
  await generate({ directory: 'told', unitTestRunner: 'none' });
  expect(tree.exists('told/src/main.test.ts')).toBe(false);
});

test('a folder is as it is written, from the present folder on', async () => {
  await generate({ directory: 'one', workingDirectory: 'apps' });
  await generate({ directory: 'apps/two/', workingDirectory: 'apps' });
  await generate({ directory: '../libs/three', workingDirectory: 'apps' });
  const places = ['one', 'two', 'three'].map((name) => readProjectConfiguration(tree, name).root);
  expect(places).toEqual(['apps/one', 'apps/two', 'libs/three']);
});

describe('refused, with nothing written:', () => {
  test.each<[PipelineOptions, string]>([
    [{ directory: 'My Words' }, '"My Words" is no name for a project'],
    [{ directory: 'words', name: '@acme' }, '"@acme" is no name for a project'],
    [{ directory: 'words', name: 'x'.repeat(215) }, 'is no name for a project'],
    [{ directory: '.' }, 'a pipeline needs a folder of its own'],
    [{ directory: '../words' }, 'the folder is outside the workspace'],
    [{ directory: '/words' }, 'the folder is outside the workspace'],
    [{ directory: 'node_modules/words' }, 'Nx sees no projects in "node_modules"'],
    [{ directory: '.skein/words' }, 'Nx sees no projects in ".skein"'],
    [{ directory: 'known' }, 'the workspace has a project "known"'],
    [{ directory: 'libs/known', name: 'other' }, '"libs/known" is a project already'],
    [{ directory: 'full' }, 'the folder "full" is not empty'],
  ])('%j', async (options, message) => {
    addProjectConfiguration(tree, 'known', { root: 'libs/known', targets: {} });
    tree.write('full/notes.txt', 'mine');
    const before = tree.listChanges().length;
    await expect(generate(options)).rejects.toThrow(message);
    expect(tree.listChanges()).toHaveLength(before);
  });
});
