import type { Tree } from '@nx/devkit';
import { applyEdits, modify, parse } from 'jsonc-parser';

/** A file of JSON, with comments perhaps; `undefined` where there is none. */
export function readJsonFile(tree: Tree, path: string): unknown {
  const text = tree.read(path, 'utf-8');
  return text === null ? undefined : (parse(text) as unknown);
}

/** One place in a file of JSON, and what is to be there. */
export interface JsonEdit {
  readonly path: string;
  /** Names of fields, from the outermost on. */
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

/** Sets one value, and leaves comments, order and layout of all others as they are. */
export function setInJson(tree: Tree, { path, at, value }: JsonEdit): void {
  const text = tree.read(path, 'utf-8') ?? '{}\n';
  const edits = modify(text, [...at], value, { formattingOptions: layoutOf(text) });
  tree.write(path, applyEdits(text, edits));
}

/** Adds to the end of a list, which is made where there is none. */
export function addToJson(tree: Tree, { path, at, value }: JsonEdit): void {
  const list = at.reduce(fieldOf, readJsonFile(tree, path));
  if (Array.isArray(list)) setInJson(tree, { path, at: [...at, list.length], value });
  else setInJson(tree, { path, at, value: [value] });
}

function fieldOf(content: unknown, name: string | number): unknown {
  const isObject = typeof content === 'object' && content !== null;
  return isObject ? (content as Readonly<Record<string, unknown>>)[name] : undefined;
}

function layoutOf(text: string): {
  readonly insertSpaces: boolean;
  readonly tabSize: number;
  readonly eol: string;
} {
  const [, indent = '  '] = /\n([ \t]+)\S/.exec(text) ?? [];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol };
}
