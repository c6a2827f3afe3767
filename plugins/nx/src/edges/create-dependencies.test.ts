import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CreateDependenciesContext, ProjectConfiguration } from '@nx/devkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findEdges } from './create-dependencies.ts';
import { SpecifierMemory } from './reached-projects.ts';

let root: string;
let files: Map<string, string>;
let memory: SpecifierMemory;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skein-nx-edges-'));
  files = new Map();
  memory = new SpecifierMemory();
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  files.set(path, text);
}

interface Project {
  readonly entry?: string;
  readonly packageName?: string;
}

/** Edges as `a -> b`, where each project is in the folder of its name. */
function edges(projects: Readonly<Record<string, Project>>): readonly string[] {
  const configurations = Object.entries(projects).map(([name, { entry, packageName }]) => {
    const execute = { executor: '@skein/nx:execute', options: { entry } };
    const project: ProjectConfiguration = {
      root: name,
      targets: entry === undefined ? {} : { execute },
      ...(packageName === undefined ? {} : { metadata: { js: { packageName } } }),
    };
    return [name, project] as const;
  });
  const of = (name: string) =>
    [...files]
      .filter(([file]) => file.startsWith(`${name}/`))
      .map(([file, hash]) => ({ file, hash }));
  const projectFileMap = Object.fromEntries(Object.keys(projects).map((name) => [name, of(name)]));
  const fileMap = { projectFileMap, nonProjectFiles: [] };
  const context: CreateDependenciesContext = {
    externalNodes: {},
    projects: Object.fromEntries(configurations),
    nxJsonConfiguration: {},
    fileMap,
    filesToProcess: fileMap,
    workspaceRoot: root,
  };
  return findEdges(context, memory).map(({ source, target, type }) => {
    expect(type).toBe('implicit');
    return `${source} -> ${target}`;
  });
}

test('relative imports lead to the projects that the files are of, over any number', () => {
  write('demo/src/main.ts', `import { a } from '../../text/src/a.js'; import './own.ts';`);
  write('demo/src/own.ts', `export {};`);
  write('text/src/a.ts', `export * from '../../words/src';`);
  write('words/src/index.ts', '');
  write('other/src/index.ts', `import '../../text/src/a.ts';`);
  const demo = { entry: 'demo/src/main.ts' };
  expect(edges({ demo, text: {}, words: {}, other: {} })).toEqual([
    'demo -> text',
    'demo -> words',
  ]);
});

test('the name of a package is all of its project', () => {
  write('demo/src/main.ts', `import { a } from '@acme/text/deep';`);
  write('text/src/a.ts', `import 'words';`);
  write('text/src/a.test.ts', `import 'tests';`);
  write('words/index.ts', '');
  const packages = {
    demo: { entry: '{projectRoot}/src/main.ts' },
    text: { packageName: '@acme/text' },
    words: { packageName: 'words' },
    tests: { packageName: 'tests' },
  };
  expect(edges(packages)).toEqual(['demo -> text', 'demo -> words']);
});

test('the package.json of a project has its name where Nx does not tell it', () => {
  write('demo/src/main.ts', `import 'words';`);
  write('words/package.json', '{ "name": "words" }');
  expect(edges({ demo: { entry: 'demo/src/main.ts' }, words: {} })).toEqual(['demo -> words']);
});

test('aliases of the nearest tsconfig.json are followed, and of what it extends', () => {
  write('demo/tsconfig.json', '{ "extends": "../tsconfig.base.json" /* as all do */ }');
  write('tsconfig.base.json', '{ "compilerOptions": { "paths": { "@/*": ["./lib/src/*"] } } }');
  write('demo/src/main.ts', `import { a } from '@/a';`);
  write('lib/src/a.ts', '');
  expect(edges({ demo: { entry: 'demo/src/main.ts' }, lib: {} })).toEqual(['demo -> lib']);
});

test('an entry in another project, and a file that Nx does not know, are edges too', () => {
  write('shared/main.ts', `import '../made/generated.ts';`);
  expect(edges({ demo: { entry: 'shared/main.ts' }, shared: {}, made: {} })).toEqual([
    'demo -> made',
    'demo -> shared',
  ]);
});

test('circles end, and a project has no edge to itself', () => {
  write('demo/main.ts', `import '../text/a.ts';`);
  write('text/a.ts', `import '../demo/main.ts';`);
  expect(edges({ demo: { entry: 'demo/main.ts' }, text: {} })).toEqual(['demo -> text']);
});

test('an edit is followed, though what did not change is not read again', () => {
  write('demo/main.ts', `import '../text/a.ts';`);
  write('text/a.ts', '');
  write('words/a.ts', '');
  const projects = { demo: { entry: 'demo/main.ts' }, text: {}, words: {} };
  expect(edges(projects)).toEqual(['demo -> text']);
  write('text/a.ts', `import '../words/a.ts';`);
  expect(edges(projects)).toEqual(['demo -> text', 'demo -> words']);
  rmSync(join(root, 'text/a.ts'));
  expect(edges(projects)).toEqual(['demo -> text', 'demo -> words']);
});

test('without a pipeline nothing is looked at', () => {
  write('text/a.ts', `import '../words/a.ts';`);
  expect(edges({ text: {}, words: {} })).toEqual([]);
});
