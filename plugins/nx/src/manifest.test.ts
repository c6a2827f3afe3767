import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

interface Entry {
  readonly implementation?: string;
  readonly factory?: string;
  readonly schema: string;
  readonly description: string;
}

interface Property {
  readonly description?: string;
  readonly type?: string;
}

interface Schema {
  readonly properties: Readonly<Record<string, Property>>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'));
}

function sourceOf(path: string): string {
  return path.replace('./dist/', 'src/');
}

const { executors } = read('executors.json') as { executors: Record<string, Entry> };
const { generators } = read('generators.json') as { generators: Record<string, Entry> };
const entries = [...Object.entries(executors), ...Object.entries(generators)];

describe.each(entries)('%s', (_name, entry) => {
  test('is where the manifest says', async () => {
    const [path = '', exported = ''] = (entry.implementation ?? entry.factory ?? '').split('#');
    const module = (await import(join(folder, `${sourceOf(path)}.ts`))) as Record<string, unknown>;
    expect(module[exported]).toBeTypeOf('function');
  });

  test('has a schema that describes every option and refuses all others', () => {
    const schema = read(sourceOf(entry.schema)) as Schema;
    const silent = Object.entries(schema.properties).filter(([, it]) => !it.description?.trim());
    expect(silent).toEqual([]);
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining([...schema.required]));
  });
});

test('the executors know exactly these options', () => {
  const options = Object.fromEntries(
    Object.entries(executors).map(([name, { schema }]) => {
      const { properties } = read(sourceOf(schema)) as Schema;
      return [name, Object.keys(properties).toSorted().join(' ')];
    }),
  );
  expect(options).toEqual({
    execute:
      'args concurrency edited entry executor force forceTasks input json labels readOnly ' +
      'remote remoteMode resume state strict task',
    plan: 'args entry executor force forceTasks input json remote remoteMode state strict task',
    verify: 'entry executor json run state task',
  });
});

test('everything that the manifests name is packed', () => {
  const { files, exports } = read('package.json') as {
    files: string[];
    exports: Record<string, unknown>;
  };
  const top = readdirSync(folder).filter((name) => /^(?:executors|generators)\.json$/.test(name));
  expect(files).toEqual(['dist', ...top]);
  expect(Object.keys(exports)).toEqual(expect.arrayContaining(top.map((name) => `./${name}`)));
  expect(existsSync(join(folder, 'README.md'))).toBe(true);
});
