import { readNxJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, expect, test } from 'vitest';
import { initGenerator } from './generator.ts';

let tree: Tree;

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

function text(path: string): string {
  return tree.read(path, 'utf-8') ?? '';
}

const OPTIONS = {
  executeTargetName: 'execute',
  planTargetName: 'plan',
  verifyTargetName: 'verify',
};

test('registers the plugin, adds the packages, ignores the state', () => {
  initGenerator(tree, {});
  expect(readNxJson(tree)?.plugins).toEqual([{ plugin: '@skein/nx', options: OPTIONS }]);
  expect(JSON.parse(text('package.json'))).toMatchObject({
    dependencies: { skein: expect.stringMatching(/^\^\d/) as string },
    devDependencies: { '@skein/nx': expect.stringMatching(/^\^\d/) as string },
  });
  expect(text('.gitignore')).toBe('.skein/\n');
});

test('twice is once', () => {
  initGenerator(tree, {});
  const paths = ['nx.json', 'package.json', '.gitignore'];
  const before = paths.map(text);
  initGenerator(tree, {});
  expect(paths.map(text)).toEqual(before);
});

test('comments, order, layout and what else is there stay', () => {
  tree.write('nx.json', `{\n\t// ours\n\t"plugins": ["@nx/eslint/plugin"],\n\t"parallel": 2\n}\n`);
  tree.write(
    'package.json',
    `{\n    "name": "w",\n    "dependencies": {\n        "b": "1"\n    }\n}\n`,
  );
  tree.write('.gitignore', 'dist');
  initGenerator(tree, {});
  expect(text('nx.json')).toMatch(
    /^\{\n\t\/\/ ours\n\t"plugins": \[\s*"@nx\/eslint\/plugin",\s+\{/,
  );
  expect(text('nx.json')).toMatch(/\n\t\t\t*"plugin": "@skein\/nx"/);
  expect(text('nx.json')).toContain('"parallel": 2\n}\n');
  expect(readNxJson(tree)?.plugins).toHaveLength(2);
  expect(text('package.json')).toContain(
    '    "name": "w",\n    "dependencies": {\n        "b": "1",',
  );
  expect(text('.gitignore')).toBe('dist\n.skein/\n');
});

test.each([['"@skein/nx"'], ['{ "plugin": "@skein/nx", "exclude": ["old/**"] }']])(
  'registered as %s it stays so',
  (plugin) => {
    tree.write('nx.json', `{ "plugins": [${plugin}] }`);
    initGenerator(tree, {});
    expect(text('nx.json')).toBe(`{ "plugins": [${plugin}] }`);
  },
);

test('versions that are there are kept, in whichever list; or made ours', () => {
  const manifest = '{ "devDependencies": { "skein": "0.0.1", "@skein/nx": "0.0.1" } }';
  tree.write('package.json', manifest);
  initGenerator(tree, {});
  expect(text('package.json')).toBe(manifest);
  initGenerator(tree, { keepExistingVersions: false });
  const { devDependencies, dependencies } = JSON.parse(text('package.json')) as {
    readonly devDependencies: Record<string, string>;
    readonly dependencies?: object;
  };
  expect(devDependencies['skein']).toMatch(/^\^0\./);
  expect(dependencies).toBeUndefined();
});

test('package.json is left alone where that is asked for', () => {
  const before = text('package.json');
  initGenerator(tree, { skipPackageJson: true });
  expect(text('package.json')).toBe(before);
});

test.each(['.skein', '/.skein/', '**/.skein/', '  .skein/  '])(
  'a state that is ignored by "%s" is ignored',
  (line) => {
    tree.write('.gitignore', `dist\r\n${line}\r\n`);
    initGenerator(tree, {});
    expect(text('.gitignore')).toBe(`dist\r\n${line}\r\n`);
  },
);
