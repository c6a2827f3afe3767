import { digestOf } from '@skein/values';
import { canonicalText } from './canonical.ts';
import { keepConduct } from './conduct.ts';
import { findTaskSites } from './task-sites.ts';
import type { EmittedModule } from './emit.ts';
import { readLinks } from './module-links.ts';
import type { ModuleLinks } from './module-links.ts';
import { placer } from './placer.ts';
import type { Placer } from './placer.ts';
import { readConduct } from './read-conduct.ts';
import { contextOf } from './pass.ts';
import type { Pass } from './pass.ts';
import { Purity } from './purity.ts';
import { sortedReferences, writeReferences } from './reference-text.ts';
import { collectFacts } from './references.ts';
import type { CodeFacts } from './code-facts.ts';
import { hoistedNames, patternNames } from './scope.ts';
import type { Code, Item, ModuleSummary, Span, Value } from './summary.ts';
import { findSuspicions } from './suspicions.ts';
import { initialiserOf, valueOf } from './value-of.ts';
import { isFunction, keyName, memberName, parseEmitted, unwrap } from './syntax.ts';
import type { Node, ParsedModule } from './syntax.ts';
import { commandCode, isCommandCall } from './task-call.ts';

/** One top-level piece before it is summed up. */
interface Piece {
  readonly node: Node;
  readonly span: Span;
  readonly names: readonly string[];
}

/** Sums up one emitted module. Pure: the same emitted code gives the same summary. */
export function summarise(module: EmittedModule): ModuleSummary {
  const parsed = parseEmitted(module.path, module.code);
  const links = readLinks(parsed.program);
  const pieces = topLevelPieces(parsed.program);
  const module_ = new Set([
    ...pieces.flatMap((it) => it.names),
    ...links.imports.map((it) => it.local),
  ]);
  const pass: Pass = {
    parsed,
    links,
    module: module_,
    ownable: ownableNames(pieces),
    pureAt: pureEnds(parsed),
    facts: [],
    names: new Set(module_),
  };
  const place = placer(module);
  const items = pieces.map((piece) => summariseItem(pass, piece, place));
  const assigned = new Set(pass.facts.flatMap((it) => [...it.assigned]));
  const settled = items.map((it) => withReassigned(it, assigned));
  const requests = settled.flatMap((it) => it.requests);
  const initialisers = pieces.map((it) => initialiserOf(it.node));
  const commonjs = !links.isModule && usesCommonJs(pass.names);
  const { tasks, duplicates } = findTaskSites(module, taskNames(settled), links.exports);
  return {
    emitted: digestOf('symbol', canonicalModule(settled, links)),
    commonjs,
    items: settled,
    imports: links.imports,
    exports: links.exports,
    evaluates: links.evaluates,
    bare: links.bare,
    requested: [...new Set([...links.evaluates, ...requests])].sort(),
    tasks,
    suspicions: [...findSuspicions(place, pass.facts, [initialisers, links]), ...duplicates],
    registers: settled.flatMap((it) => (isRegistered(it.value) ? it.names : [])),
    meta: pass.facts.flatMap((it) => it.meta),
    computed: pass.facts.flatMap((it) => it.imports),
    defaultTask: defaultTaskSpan(parsed.program, settled),
    named: settled.flatMap((it) =>
      it.value.kind === 'function' || it.value.kind === 'class' ? it.names : [],
    ),
    scope: scopeNames(pass),
  };
}

function topLevelPieces(program: Node & { type: 'Program' }): Piece[] {
  const pieces: Piece[] = [];
  for (const statement of program.body) {
    const node = declarationOf(statement);
    if (node === null) continue;
    if (node.type === 'VariableDeclaration') {
      for (const it of node.declarations) {
        pieces.push({ node: it, span: it, names: patternNames(it.id) });
      }
    } else if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
      const own = node.id === null ? [] : [node.id.name];
      const isDefault = statement.type === 'ExportDefaultDeclaration';
      pieces.push({ node, span: node, names: isDefault ? [...own, 'default'] : own });
    } else if (statement.type === 'ExportDefaultDeclaration') {
      pieces.push({ node, span: node, names: ['default'] });
    } else pieces.push({ node, span: node, names: hoistedNames(node) });
  }
  return pieces;
}

/** The part of a statement that declares or does something; `null` for imports and re-exports. */
function declarationOf(statement: Node): Node | null {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'EmptyStatement':
      return null;
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return statement.declaration;
    default:
      return statement;
  }
}

function summariseItem(pass: Pass, piece: Piece, place: Placer): Item {
  const { node } = piece;
  const facts = collectFacts(node, pass.links);
  pass.facts.push(facts);
  for (const name of facts.references.keys()) pass.names.add(name);
  const code = codeOf(pass, facts, piece.span);
  const value = valueOf(pass, facts, node);
  const owners = ownersOf(pass, node);
  const purity = new Purity(contextOf(pass, facts), new Set(owners));
  const task = value.kind === 'task' ? taskParts(node) : null;
  if (task === null) purity.piece(node);
  else if (isFunction(task.body)) for (const it of task.options) purity.run(it);
  else purity.run(task.call);
  const { names } = piece;
  const conduct = keepConduct(readConduct(pass, { node, names, value, facts, place }));
  const plain = { ...code, names, adds: owners, pure: purity.verdict(), value };
  const item: Item = conduct === undefined ? plain : { ...plain, conduct };
  if (task === null) return item;
  const root = rootOf(pass, task);
  const beside = isFunction(task.body) ? task.options[0] : task.call;
  if (beside === undefined) return { ...item, root };
  return { ...item, root, options: codeOf(pass, collectFacts(beside, pass.links), beside) };
}

/** `parts`: the stretches of the span that count, where not all of it does. */
function codeOf(
  pass: Pass,
  facts: CodeFacts,
  { start, end, parts = [{ start, end }] }: Span & { readonly parts?: readonly Span[] },
): Code {
  const { text, comments } = pass.parsed;
  const { literals, edits } = facts;
  const canonical = parts
    .map((part) => canonicalText({ text, span: part, comments, literals, edits }))
    .join(',');
  return {
    text: { start, end },
    hash: digestOf('symbol', canonical),
    references: writeReferences(sortedReferences(facts)),
    requests: facts.requests,
    whole: facts.whole,
    computedImport: facts.computedImport,
    forwards: facts.forwards,
  };
}

/** What the code digest of a task starts from. */
function rootOf(pass: Pass, { call, body }: TaskParts): Code {
  const isCommand = call.type === 'CallExpression' && isCommandCall(call);
  const spec = isCommand ? commandCode(body) : null;
  if (spec === null) return codeOf(pass, collectFacts(body, pass.links), body);
  return codeOf(pass, collectFacts(spec, pass.links), { ...body, parts: spec.properties });
}

interface TaskParts {
  readonly call: Node;
  readonly body: Node;
  readonly options: readonly Node[];
}

/** The function and the other arguments of `env.task(…)`. */
function taskParts(node: Node): TaskParts | null {
  const call = initialiserOf(node);
  if (call?.type !== 'CallExpression') return null;
  const body = call.arguments.at(-1);
  if (body === undefined) return null;
  return { call, body, options: call.arguments.slice(0, -1) };
}

/** Top-level names whose object was made here, so that adding to it shows only through them. */
function ownableNames(pieces: readonly Piece[]): Map<string, Node | null> {
  const names = new Map<string, Node | null>();
  for (const { node, names: declared } of pieces) {
    const [name] = declared;
    if (name === undefined) continue;
    if (node.type === 'FunctionDeclaration') names.set(name, node);
    else if (node.type === 'ClassDeclaration' && node.superClass === null) names.set(name, node);
    else if (node.type === 'VariableDeclarator' && isOwnable(node.init)) {
      names.set(name, node.init);
    }
  }
  return names;
}

function isOwnable(value: Node | null): boolean {
  if (value === null || value.type === 'ArrayExpression' || isFunction(value)) return true;
  if (value.type === 'ClassExpression') return value.superClass === null;
  return (
    value.type === 'ObjectExpression' &&
    value.properties.every(
      (it) => it.type === 'Property' && it.kind === 'init' && keyName(it) !== '__proto__',
    )
  );
}

/** The module's own names that a statement assigns or adds to, if that is all it may do. */
function ownersOf(pass: Pass, node: Node): string[] {
  if (node.type !== 'ExpressionStatement') return [];
  const expression = unwrap(node.expression);
  let target: Node | null = null;
  if (expression.type === 'AssignmentExpression') target = expression.left;
  if (expression.type === 'CallExpression') {
    const [argument] = expression.arguments;
    target = argument?.type === 'LogicalExpression' ? argument.left : (argument ?? null);
  }
  if (target?.type === 'MemberExpression') target = target.object;
  if (target !== null && memberName(target) === 'prototype') {
    target = target.type === 'MemberExpression' ? target.object : target;
  }
  if (target?.type !== 'Identifier') return [];
  return pass.ownable.has(target.name) ? [target.name] : [];
}

/** A name that is assigned somewhere in its module has no value known in advance. */
function withReassigned(item: Item, assigned: ReadonlySet<string>): Item {
  if (item.value.kind === 'opaque' || !item.names.some((it) => assigned.has(it))) return item;
  return { ...item, value: { kind: 'opaque' } };
}

function taskNames(items: readonly Item[]): string[] {
  return items.flatMap((it) => (it.value.kind === 'task' ? it.names : []));
}

function isRegistered(value: Value): boolean {
  return value.kind === 'task' || value.kind === 'checkpoint' || value.kind === 'class';
}

/** Names that the bundler keeps apart: imports from the workspace are those of their module. */
function scopeNames({ names, links }: Pass): string {
  const inside = links.imports.filter((it) => it.specifier.startsWith('.'));
  const shared = new Set(inside.map((it) => it.local));
  return [...names]
    .filter((it) => !shared.has(it))
    .sort()
    .join(' ');
}

/** From `export` to the expression: what the bundle replaces by a declaration. */
function defaultTaskSpan(program: Node & { type: 'Program' }, items: readonly Item[]): Span | null {
  const [declared] = items.filter((it) => it.names[0] === 'default');
  if (declared?.value.kind !== 'task' && declared?.value.kind !== 'checkpoint') return null;
  const found = program.body.find((it) => it.type === 'ExportDefaultDeclaration');
  if (found?.type !== 'ExportDefaultDeclaration') return null;
  return { start: found.start, end: found.declaration.start };
}

function usesCommonJs(names: ReadonlySet<string>): boolean {
  return names.has('module') || names.has('exports') || names.has('require');
}

/** Ends of pure annotations, moved over the blanks behind them. */
function pureEnds({ text, comments }: ParsedModule): Set<number> {
  const ends = new Set<number>();
  for (const it of comments) {
    if (it.type !== 'Block' || !/^\s*[#@]__PURE__\s*$/.test(it.value)) continue;
    let { end } = it;
    while (text[end] === ' ' || text[end] === '\n' || text[end] === '(') ends.add(++end);
    ends.add(end);
  }
  return ends;
}

function canonicalModule(items: readonly Item[], links: ModuleLinks): string {
  const exports = links.exports.map((it) => JSON.stringify(it));
  const imports = links.imports.map((it) => `${it.local} ${it.imported} ${it.specifier}`);
  return [...items.map((it) => it.hash), ...imports, ...exports, ...links.evaluates].join('\n');
}
