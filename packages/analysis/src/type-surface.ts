import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Node } from './syntax.ts';
import { eachChild, keyName } from './syntax.ts';
import { isCommandCall } from './task-call.ts';

/**
 * Everything in the sources that the types of a task's parameters can depend on, as text: what a
 * kept schema is kept under. Follows type names from the parameters, through imports and
 * re-exports. The body of a function with a written return type is left out; every other one could
 * be asked for by `typeof`.
 */
export function typeSurface(file: string, task: string): string[] {
  const surface = new Surface();
  surface.task(file, task);
  return [...surface.found].sort();
}

interface Imported {
  readonly specifier: string;
  /** `null`: the whole module. */
  readonly name: string | null;
}

interface TypeModule {
  readonly text: string;
  readonly declared: ReadonlyMap<string, readonly Node[]>;
  readonly imported: ReadonlyMap<string, Imported>;
  readonly reexported: ReadonlyMap<string, Imported>;
  readonly stars: readonly string[];
  readonly tasks: ReadonlyMap<string, Node>;
}

class Surface {
  readonly found = new Set<string>();
  readonly #modules = new Map<string, TypeModule | undefined>();
  readonly #seen = new Set<string>();

  task(file: string, name: string): void {
    const module = this.#module(file);
    const statement = module?.tasks.get(name);
    if (module === undefined || statement === undefined) return;
    this.found.add(`doc ${leadingComment(module.text, statement.start)}`);
    for (const parameter of [...parametersIn(statement), ...commandInputs(statement)]) {
      this.found.add(
        `parameter ${parameter.start} ${textOf(module, parameter)}`.replace(
          /^parameter \d+/,
          'parameter',
        ),
      );
      this.#names(file, parameter);
    }
    for (const it of module.declared.get(name) ?? []) {
      const body = namedFunction(it);
      if (body !== null) this.#name(file, body);
    }
  }

  #name(file: string, name: string): void {
    const key = `${file}\n${name}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const module = this.#module(file);
    if (module === undefined) return;
    for (const node of module.declared.get(name) ?? []) {
      this.found.add(
        `${name} ${leadingComment(module.text, node.start)}${surfaceText(module, node)}`,
      );
      this.#names(file, node);
    }
    const imported = module.imported.get(name);
    if (imported !== undefined) this.#import(file, imported);
  }

  #import(file: string, { specifier, name }: Imported): void {
    const target = resolveTypes(file, specifier);
    this.found.add(`import ${specifier} ${name ?? '*'} ${target === undefined ? 'absent' : ''}`);
    if (target === undefined) return;
    if (!specifier.startsWith('.')) {
      this.found.add(`package ${packageStamp(target)}`);
      return;
    }
    if (name === null) this.#whole(target);
    else this.#exported(target, name);
  }

  #exported(file: string, name: string): void {
    const module = this.#module(file);
    if (module === undefined) return;
    const again = module.reexported.get(name);
    if (again !== undefined) return this.#reexport(file, again);
    this.#name(file, name);
    for (const specifier of module.stars) {
      const key = `${file}\n* ${specifier} ${name}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#import(file, { specifier, name });
    }
  }

  #reexport(file: string, { specifier, name }: Imported): void {
    if (specifier === '') this.#name(file, name ?? '');
    else this.#import(file, { specifier, name });
  }

  #whole(file: string): void {
    const module = this.#module(file);
    if (module === undefined) return;
    this.found.add(`whole ${module.text}`);
    for (const name of module.declared.keys()) this.#name(file, name);
    for (const name of module.imported.keys()) this.#name(file, name);
  }

  /** Follows every identifier of a node but those in bodies that cannot matter. */
  #names(file: string, node: Node): void {
    const skipped = skippedBody(node);
    if (node.type === 'Identifier') this.#name(file, node.name);
    if (node.type === 'TSImportType' && node.source.type === 'Literal') {
      this.#import(file, { specifier: node.source.value, name: null });
    }
    eachChild(node, (child) => {
      if (child !== skipped) this.#names(file, child);
    });
  }

  #module(file: string): TypeModule | undefined {
    if (!this.#modules.has(file)) this.#modules.set(file, readModule(file));
    return this.#modules.get(file);
  }
}

function readModule(file: string): TypeModule | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const { program } = parseSync(file, text, { preserveParens: false });
  const declared = new Map<string, Node[]>();
  const imported = new Map<string, Imported>();
  const reexported = new Map<string, Imported>();
  const stars: string[] = [];
  const tasks = new Map<string, Node>();
  for (const statement of program.body as readonly Node[]) {
    if (statement.type === 'ImportDeclaration') {
      const specifier = statement.source.value;
      for (const it of statement.specifiers) {
        let name: string | null = null;
        if (it.type === 'ImportDefaultSpecifier') name = 'default';
        if (it.type === 'ImportSpecifier') name = nameOf(it.imported);
        imported.set(it.local.name, { specifier, name });
      }
    } else if (statement.type === 'ExportAllDeclaration') stars.push(statement.source.value);
    else if (statement.type === 'ExportNamedDeclaration' && statement.declaration === null) {
      for (const it of statement.specifiers) {
        const specifier = statement.source?.value ?? '';
        reexported.set(nameOf(it.exported), { specifier, name: nameOf(it.local) });
      }
    } else declare(statement, declared, tasks);
  }
  return { text, declared, imported, reexported, stars, tasks };
}

function declare(statement: Node, declared: Map<string, Node[]>, tasks: Map<string, Node>): void {
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
  const node = isExport ? statement.declaration : statement;
  if (node === null) return;
  const add = (name: string, it: Node): void => {
    declared.set(name, [...(declared.get(name) ?? []), it]);
  };
  if (node.type === 'VariableDeclaration') {
    for (const it of node.declarations) {
      if (it.id.type !== 'Identifier') continue;
      add(it.id.name, it);
      tasks.set(it.id.name, statement);
    }
  } else if ('id' in node && node.id?.type === 'Identifier') add(node.id.name, node);
  if (statement.type === 'ExportDefaultDeclaration') {
    add('default', node);
    tasks.set('default', statement);
  }
}

/** Parameters of the function handed to `.task(…)`, with all they say. */
function parametersIn(statement: Node): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression') {
      found.push(...node.params);
    } else eachChild(node, visit);
  };
  visit(statement);
  return found;
}

/** What a command of a statement is called with: its `inputs`, or what they may come from. */
function commandInputs(statement: Node): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'CallExpression' && isCommandCall(node)) found.push(...inputsOf(node));
    else eachChild(node, visit);
  };
  visit(statement);
  return found;
}

function inputsOf({ arguments: [spec] }: Node & { type: 'CallExpression' }): readonly Node[] {
  if (spec?.type !== 'ObjectExpression') return spec === undefined ? [] : [spec];
  const isPlain = spec.properties.every((it) => it.type === 'Property' && !it.computed);
  if (!isPlain) return [spec];
  return spec.properties.filter((it) => it.type === 'Property' && keyName(it) === 'inputs');
}

/** `env.task(fn)`: the name of the function. */
function namedFunction(declarator: Node): string | null {
  if (declarator.type !== 'VariableDeclarator') return null;
  const call = declarator.init;
  const last = call?.type === 'CallExpression' ? call.arguments.at(-1) : undefined;
  return last?.type === 'Identifier' ? last.name : null;
}

function skippedBody(node: Node): Node | null {
  const isFunction =
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression';
  return isFunction && node.returnType !== null && node.returnType !== undefined ? node.body : null;
}

function textOf(module: TypeModule, node: Node): string {
  return module.text.slice(node.start, node.end);
}

/** The text of a declaration without the bodies that cannot matter. */
function surfaceText(module: TypeModule, node: Node): string {
  const holes: Node[] = [];
  const visit = (it: Node): void => {
    const body = skippedBody(it);
    if (body !== null) holes.push(body);
    eachChild(it, (child) => {
      if (child !== body) visit(child);
    });
  };
  visit(node);
  let text = '';
  let position = node.start;
  for (const hole of holes.sort((a, b) => a.start - b.start)) {
    text += module.text.slice(position, hole.start);
    position = hole.end;
  }
  return text + module.text.slice(position, node.end);
}

/** A JSDoc comment right in front of a declaration. */
function leadingComment(text: string, start: number): string {
  return (
    /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*(?:export\s+)?(?:const\s+)?$/.exec(text.slice(0, start))?.[0] ??
    ''
  );
}

function nameOf(node: Node): string {
  if (node.type === 'Literal') return String(node.value);
  return node.type === 'Identifier' ? node.name : '';
}

const ENDINGS = ['', '.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '/index.ts', '/index.d.ts'];

function resolveTypes(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) {
    try {
      return createRequire(from).resolve(`${packageOf(specifier)}/package.json`);
    } catch {
      return undefined;
    }
  }
  const plain = resolve(dirname(from), specifier);
  const bare = plain.replace(/\.([cm]?)js(x?)$/, '');
  for (const base of [plain, bare]) {
    for (const ending of ENDINGS) {
      const file = `${base}${ending}`;
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    }
  }
  return undefined;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A package's types change with its version; a linked one is told by its manifest's times. */
function packageStamp(manifest: string): string {
  const { mtimeMs } = statSync(manifest);
  return `${readFileSync(manifest, 'utf8')} ${mtimeMs} ${join(dirname(manifest))}`;
}
