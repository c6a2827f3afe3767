import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ProjectConfig } from 'skein';
import type { Reading } from './project-config.ts';

/** Imports a module or parses JSON, and takes out of it what concerns the project. */
export async function readModule(path: string): Promise<Reading> {
  const content = path.endsWith('.json') ? readJson(path) : await readDefault(path);
  if (Object.prototype.toString.call(content) !== '[object Object]') {
    throw new Error('it exports no object as default');
  }
  const { entry, task, input } = content as Readonly<Record<string, unknown>>;
  const project = { entry, task, input };
  const lost = findUnwritable(project);
  if (lost !== undefined) throw new Error(`JSON has no word for "${lost}"`);
  const fields = Object.keys(content as object);
  return { fields, project: JSON.parse(JSON.stringify(project)) as ProjectConfig };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
}

async function readDefault(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  return module.default;
}

/** Where a value is that JSON would drop or change, such as `input.since`. */
function findUnwritable(value: unknown, path = ''): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (typeof value !== 'object')
    return value === undefined && !path.includes('.') ? undefined : path;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return path;
  for (const [name, one] of Object.entries(value)) {
    const found = findUnwritable(one, path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
