import { parseSync } from 'oxc-parser';
import type { Node } from '../../src/syntax.ts';
import { eachChild, isFunction } from '../../src/syntax.ts';
import type { Random } from './random.ts';

/** One edit of a module: what is put in the place of a stretch of its text. */
export interface Edit {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** A local variable has this name instead of the other one. */
  readonly renames?: readonly [to: string, from: string];
  /** It moves whole declarations or modules: what runs may stand in another order. */
  readonly moves: boolean;
}

interface Site {
  readonly node: Node;
  readonly parent: Node;
}

type Maker = (sites: Sites, random: Random) => Omit<Edit, 'kind' | 'moves'> | undefined;

/** A module by the kinds of its nodes. */
class Sites {
  readonly source: string;
  readonly program: Node & { type: 'Program' };
  readonly #byType = new Map<string, Site[]>();

  constructor(path: string, source: string) {
    this.source = source;
    this.program = parseSync(path, source, { preserveParens: false }).program;
    this.#collect(this.program);
  }

  of(...types: readonly string[]): Site[] {
    return types.flatMap((it) => this.#byType.get(it) ?? []);
  }

  text({ start, end }: { readonly start: number; readonly end: number }): string {
    return this.source.slice(start, end);
  }

  #collect(node: Node): void {
    eachChild(node, (child) => {
      // Types are nothing that runs; an edit of them is one of the makers' own.
      if (/^TS(?!As|NonNull|Satisfies|Enum|Module|Export|Parameter|Instantiation)/.test(child.type))
        return;
      const list = this.#byType.get(child.type);
      if (list === undefined) this.#byType.set(child.type, [{ node: child, parent: node }]);
      else list.push({ node: child, parent: node });
      this.#collect(child);
    });
  }
}

const OPERATORS: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '+',
  '/': '*',
  '%': '*',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
  '??': '||',
  '&': '|',
  '|': '&',
  '<<': '>>',
  '>>': '<<',
  '>>>': '>>',
  '^': '&',
};

const literal: Maker = (sites, random) => {
  const usable = sites.of('Literal').filter(({ node, parent }) => {
    if (/^(?:Import|Export)/.test(parent.type) || parent.type === 'TSExternalModuleReference')
      return false;
    if (parent.type === 'ExpressionStatement' || node.type !== 'Literal') return false;
    if ((parent.type === 'Property' || parent.type.endsWith('Definition')) && 'key' in parent) {
      if (parent.key === node) return false;
    }
    return ['number', 'string', 'boolean'].includes(typeof node.value);
  });
  const node = random.pick(usable)?.node;
  if (node?.type !== 'Literal') return undefined;
  const { start, end, value } = node;
  if (typeof value === 'number') return { start, end, text: `${value + 1}` };
  if (typeof value === 'boolean') return { start, end, text: `${!value}` };
  return { start: end - 1, end: end - 1, text: 'q' };
};

const operator: Maker = (sites, random) => {
  const node = random.pick(sites.of('BinaryExpression', 'LogicalExpression'))?.node;
  if (node?.type !== 'BinaryExpression' && node?.type !== 'LogicalExpression') return undefined;
  const other = OPERATORS[node.operator];
  const between = sites.source.slice(node.left.end, node.right.start);
  const at = between.indexOf(node.operator);
  if (other === undefined || at < 0) return undefined;
  const start = node.left.end + at;
  const rest = sites.source.slice(start + node.operator.length, node.end);
  // `a ?? b || c` needs parentheses.
  return {
    start: node.start,
    end: node.end,
    text: `(${sites.source.slice(node.start, start)}${other}${rest})`,
  };
};

const bodies = (sites: Sites): Node[] =>
  sites
    .of('BlockStatement', 'FunctionBody')
    .flatMap(({ node, parent }) => (isFunction(parent) ? [node] : []));

const statementAdded: Maker = (sites, random) => {
  const body = random.pick(bodies(sites));
  if (body === undefined) return undefined;
  const at = body.start + 1;
  return {
    start: at,
    end: at,
    text: ` if (Date.now() < ${random.below(99)}) throw new Error("w");`,
  };
};

const statementRemoved: Maker = (sites, random) => {
  const inBody = sites
    .of('ExpressionStatement', 'IfStatement', 'ThrowStatement', 'ForStatement', 'ForOfStatement')
    .filter(({ node, parent }) => {
      const isSuper = /^super\b/.test(sites.text(node));
      return parent.type === 'BlockStatement' && !isSuper;
    });
  const node = random.pick(inBody)?.node;
  return node === undefined ? undefined : { start: node.start, end: node.end, text: ';' };
};

const bodyChanged: Maker = (sites, random) => {
  const body = random.pick(bodies(sites));
  if (body === undefined) return undefined;
  return {
    start: body.start + 1,
    end: body.start + 1,
    text: ' if (Math.PI < 3) return undefined as any;',
  };
};

/** Another name of the module's top level in the place of one. */
const nameReplaced: Maker = (sites, random) => {
  const names = topNames(sites);
  const uses = sites.of('Identifier').filter(({ node, parent }) => {
    return node.type === 'Identifier' && names.includes(node.name) && isRead(node, parent);
  });
  const [use, other] = [random.pick(uses)?.node, random.pick(names)];
  if (use?.type !== 'Identifier' || other === undefined || use.name === other) return undefined;
  return { start: use.start, end: use.end, text: other };
};

function topNames({ program }: Sites): string[] {
  return program.body.flatMap((it) => {
    const node = it.type === 'ExportNamedDeclaration' ? it.declaration : it;
    if (node?.type === 'FunctionDeclaration' || node?.type === 'ClassDeclaration') {
      return node.id === null ? [] : [node.id.name];
    }
    if (node?.type !== 'VariableDeclaration') return [];
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  });
}

function isRead(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
    case 'ArrayExpression':
    case 'ReturnStatement':
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'ConditionalExpression':
      return true;
    case 'MemberExpression':
      return parent.object === node;
    case 'VariableDeclarator':
      return parent.init === node;
    default:
      return false;
  }
}

/** A local variable of one function under another name. */
const renamed: Maker = (sites, random) => {
  const declared = sites.of('VariableDeclarator').filter(({ node }) => {
    return (
      node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && !isTop(sites, node)
    );
  });
  const node = random.pick(declared)?.node;
  if (node?.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return undefined;
  const { name } = node.id;
  const scope = bodies(sites)
    .filter((it) => it.start < node.start && node.end < it.end)
    .at(-1);
  const uses = sites
    .of('Identifier')
    .filter(({ node: it }) => it.type === 'Identifier' && it.name === name);
  const isPlain = uses.every(({ node: it, parent }) => {
    if (parent.type === 'MemberExpression' && parent.property === it && !parent.computed)
      return false;
    return (
      parent.type !== 'Property' &&
      scope !== undefined &&
      scope.start < it.start &&
      it.end < scope.end
    );
  });
  // Types have names too, and are no sites.
  const isCertain =
    sites.source.match(new RegExp(`\\b${name.replace('$', '\\$')}\\b`, 'g'))?.length ===
    uses.length;
  if (!isPlain || !isCertain || scope === undefined) return undefined;
  let text = sites.text(scope);
  for (const { node: it } of [...uses].sort((a, b) => b.node.start - a.node.start)) {
    const at = it.start - scope.start;
    text = `${text.slice(0, at)}${name}W${text.slice(at + name.length)}`;
  }
  return { start: scope.start, end: scope.end, text, renames: [`${name}W`, name] };
};

function isTop({ program }: Sites, node: Node): boolean {
  return program.body.some((it) => {
    const inner = it.type === 'ExportNamedDeclaration' ? it.declaration : it;
    return inner?.type === 'VariableDeclaration' && inner.declarations.some((own) => own === node);
  });
}

const before =
  (text: (random: Random) => string): Maker =>
  (sites, random) => {
    const statements = sites.of(
      'ExpressionStatement',
      'ReturnStatement',
      'IfStatement',
      'VariableDeclaration',
    );
    const usable = statements.filter(({ parent }) => parent.type === 'BlockStatement');
    const at = random.pick(usable)?.node.start;
    return at === undefined ? undefined : { start: at, end: at, text: text(random) };
  };

const appended =
  (text: (random: Random) => string): Maker =>
  (sites, random) => {
    const at = sites.source.length;
    return { start: at, end: at, text: `\n${text(random)}\n` };
  };

/** Two neighbours change places. */
const swapped =
  (isUsable: (node: Node) => boolean): Maker =>
  (sites, random) => {
    const { body } = sites.program;
    const pairs = body.flatMap((first, index) => {
      const second = body[index + 1];
      return second !== undefined && isUsable(first) && isUsable(second)
        ? [[first, second] as const]
        : [];
    });
    const [first, second] = random.pick(pairs) ?? [];
    if (first === undefined || second === undefined) return undefined;
    const gap = sites.source.slice(first.end, second.start);
    return {
      start: first.start,
      end: second.end,
      text: sites.text(second) + gap + sites.text(first),
    };
  };

const MAKERS: readonly (readonly [kind: string, make: Maker, moves?: true])[] = [
  ['literal changed', literal],
  ['operator changed', operator],
  ['statement added', statementAdded],
  ['statement removed', statementRemoved],
  ['body changed', bodyChanged],
  ['name replaced', nameReplaced],
  ['local renamed', renamed],
  ['comment', before(() => '/* a note */ ')],
  ['blank line', before(() => '\n\n')],
  ['type alias', appended((random) => `type Witness${random.below(99)} = { a: number };`)],
  ['unused function', appended((random) => `function witness${random.below(99)}() { return 1; }`)],
  ['imports swapped', swapped((it) => it.type === 'ImportDeclaration'), true],
  [
    'functions swapped',
    swapped(
      (it) =>
        /^(?:ExportNamed|Function)Declaration$/.test(it.type) &&
        /^(?:export )?function/.test(
          it.type === 'ExportNamedDeclaration'
            ? it.declaration?.type === 'FunctionDeclaration'
              ? 'function'
              : ''
            : 'function',
        ),
    ),
    true,
  ],
];

/** A random edit of a module; not every one finds a place in every module. */
export function randomEdit(path: string, source: string, random: Random): Edit | undefined {
  const sites = new Sites(path, source);
  const maker = random.pick(MAKERS);
  if (maker === undefined) return undefined;
  const [kind, make, moves = false] = maker;
  const found = make(sites, random);
  return found === undefined ? undefined : { kind, moves, ...found };
}
