import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import type { Tree } from '@nx/devkit';

const SUFFIX = '.template';

/** Where templates are written to, and what stands in them as `<%= name %>`. */
export interface TemplateRequest {
  /** Absolute folder of the templates. */
  readonly from: string;
  /** From the root of the workspace. */
  readonly to: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Writes every template of a folder to the same place below another one. */
export function writeTemplates(tree: Tree, { from, to, variables }: TemplateRequest): void {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith(SUFFIX)).toSorted()) {
    const text = readFileSync(join(from, file), 'utf8').replaceAll(
      /<%= (\w+) %>/g,
      (written, name: string) => variables[name] ?? written,
    );
    const path = file.slice(0, -SUFFIX.length).replaceAll(sep, '/');
    tree.write(posix.join(to, path), text);
  }
}
