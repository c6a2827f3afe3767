import type { CodeFacts } from './code-facts.ts';
import type { Conduct, HiddenState, Holding } from './conduct.ts';
import { SHALLOW } from './conduct.ts';
import type { HiddenWrite } from './flow-state.ts';
import { TopFlow } from './flow-top.ts';
import { Holdings } from './holding.ts';
import { contextOf } from './pass.ts';
import type { Pass } from './pass.ts';
import type { Placer } from './placer.ts';
import { Purity } from './purity.ts';
import type { Value } from './summary.ts';
import { eachChild, isFunction } from './syntax.ts';
import type { Node } from './syntax.ts';
import { initialiserOf, isEnum } from './value-of.ts';

export interface ConductRequest {
  readonly node: Node;
  readonly names: readonly string[];
  readonly value: Value;
  readonly facts: CodeFacts;
  readonly place: Placer;
}

/** Helpers of the emitter: what a decorator makes of a class is anybody's guess. */
const DECORATES = /^__(?:decorate|decorator)/;

/** What one top-level piece does with what outlives a call (O3, O8). */
export function readConduct(pass: Pass, request: ConductRequest): Conduct {
  const { facts, place } = request;
  const { links } = pass;
  const holdings = new Holdings({
    locals: facts.locals,
    module: pass.module,
    imports: links.byLocal,
    skein: links.skein,
    proof: (it) => {
      const purity = new Purity(contextOf(pass, facts));
      purity.data(it);
      return purity.verdict();
    },
  });
  const flow = new TopFlow({
    text: pass.parsed.text,
    module: pass.module,
    imported: links.byLocal,
    namespaces: links.stars,
    skeinMaps: links.skeinMaps,
    locals: facts.locals,
    bound: facts.bound,
  });
  flow.read(request);
  const at = (offset: number): string => {
    const { line, column } = place(offset, 1);
    return `${line}:${column}`;
  };
  const placed = ({ what, offset, impure }: HiddenWrite): HiddenState => {
    return { what, at: at(offset), impure };
  };
  const { edges, sinks } = flow.draft.settle();
  return {
    holds: holdingOf(holdings, request),
    edges,
    sinks: sinks.map(({ offset, ...it }) => ({ ...it, at: at(offset) })),
    hidden: flow.hidden(holdings).map(placed),
    changes: flow.changes(),
    changedDepth: flow.changedDepth(holdings),
    asks: asks(request),
    observes: flow.observes(request.node),
    captured: firstOfEach(flow.captured).map(placed),
  };
}

/** Evaluating a piece calls something, or looks at the process. */
function asks({ node, value }: ConductRequest): boolean {
  if (value.kind === 'task' || value.kind === 'checkpoint' || value.kind === 'environment') {
    return false;
  }
  const asksIn = (it: Node): boolean => {
    if (isFunction(it)) return false;
    if (it.type === 'Identifier') return it.name === 'process';
    if (/^(?:Call|New|Await|TaggedTemplate|Import)Expression$/.test(it.type)) return true;
    let found = false;
    eachChild(it, (child) => {
      found ||= asksIn(child);
    });
    return found;
  };
  return asksIn(node);
}

function firstOfEach(writes: readonly HiddenWrite[]): HiddenWrite[] {
  const found = new Map<string, HiddenWrite>();
  for (const it of writes) if (!found.has(it.what)) found.set(it.what, it);
  return [...found.values()];
}

const SAFE: Holding = { kind: 'still', depth: 0 };

function holdingOf(holdings: Holdings, { node, names, value, facts }: ConductRequest): Holding {
  const isHelper = names.some((it) => it.startsWith('__'));
  if (!isHelper && facts.references.keys().some((it) => DECORATES.test(it))) {
    return { kind: 'other' };
  }
  if (names.length === 0) return SAFE;
  switch (value.kind) {
    case 'function':
      return { kind: 'still', depth: SHALLOW };
    case 'environment':
    case 'task':
    case 'checkpoint':
      return SAFE;
    default:
  }
  if (node.type === 'ClassDeclaration') return holdings.ofClass(node);
  if (isFunction(node)) return { kind: 'still', depth: SHALLOW };
  // A block or a loop that declares names by `var`.
  const isDeclarator = node.type === 'VariableDeclarator';
  if (!isDeclarator && node.type.endsWith('Statement')) return { kind: 'other' };
  const init = initialiserOf(node);
  if (init === null) return SAFE;
  const isTable = init.type === 'CallExpression' && value.kind === 'data' && isEnum(init);
  return isTable ? { kind: 'still', depth: 1, table: true } : holdings.of(init);
}
