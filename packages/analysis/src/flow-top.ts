import { DEEP, SHALLOW } from './conduct.ts';
import type { Holding, Slot } from './conduct.ts';
import { Flow } from './flow.ts';
import type { HiddenWrite } from './flow-state.ts';
import { namedFace } from './flow-state.ts';
import type { Holdings } from './holding.ts';
import type { Value } from './summary.ts';
import { eachChild, isFunction, keyName, memberName, unwrap } from './syntax.ts';
import type { FunctionNode, Node } from './syntax.ts';

interface TopPiece {
  readonly node: Node;
  readonly names: readonly string[];
  readonly value: Value;
}

/** Follows values through a top-level piece: what its names mean to others is known here. */
export class TopFlow extends Flow {
  read({ node, names, value }: TopPiece): void {
    const [name] = names;
    if (name === undefined || node.type.endsWith('Statement')) {
      this.value(node);
      return;
    }
    if (node.type === 'FunctionDeclaration') return this.#function(node, name);
    if (node.type === 'ClassDeclaration') {
      this.readClass(node, name);
      return;
    }
    const isDeclarator = node.type === 'VariableDeclarator';
    const init = isDeclarator ? node.init : node;
    if (init === null) return;
    if (isDeclarator && node.id.type !== 'Identifier') {
      return this.bind(node.id, this.value(init), true);
    }
    this.#named(unwrap(init), name, value);
  }

  #function(node: FunctionNode, name: string): void {
    this.ownName(node);
    this.inFrame(node, this.nameFace(node, name, '*'), false);
  }

  #named(init: Node, name: string, value: Value): void {
    if (isFunction(init)) return this.#function(init, name);
    if (init.type === 'ClassExpression') {
      this.readClass(init, name);
      return;
    }
    const isCall = init.type === 'CallExpression';
    if (isCall && value.kind === 'task' && value.command) {
      for (const it of init.arguments) this.value(it);
      return;
    }
    if (isCall && (value.kind === 'task' || value.kind === 'checkpoint')) {
      return this.#declared(init, value.kind === 'task' ? `${name}.forward` : name);
    }
    const from = this.value(init);
    this.draft.edge(from, '=', name);
    // What functions in it do to it, by `this` or otherwise, they do to what has the name.
    if (holdsFunction(init)) this.draft.edge(name, '=', from);
    if (init.type === 'ObjectExpression') this.#methods(init);
  }

  /** The function of a task or a checkpoint, called by another name. */
  #declared(call: Node & { type: 'CallExpression' }, name: string): void {
    const body = call.arguments.at(-1);
    for (const it of call.arguments) if (it !== body) this.value(it);
    if (isFunction(body)) return this.#function(body, name);
    const inner = body === undefined ? null : unwrap(body);
    if (inner?.type !== 'Identifier' || !this.isModuleName(inner)) {
      if (inner !== null) this.value(inner);
      return;
    }
    this.link(namedFace(name), namedFace(inner.name), 7);
  }

  #methods(init: Node & { type: 'ObjectExpression' }): void {
    for (const it of init.properties) {
      if (it.type !== 'Property' || !isFunction(it.value)) continue;
      const key = keyName(it);
      if (key === null) continue;
      const face = this.faceOf(it.value);
      this.link(namedFace(`.${key}`), face, it.value.params.length);
    }
  }

  /** Whether a piece is a function that sees more than its arguments. */
  observes(node: Node): boolean {
    const init = node.type === 'VariableDeclarator' ? node.init : node;
    const inner = init === null ? null : unwrap(init);
    return isFunction(inner) && this.observing.observes(inner);
  }

  /** Names and globals whose objects are changed while the module is loaded. */
  changes(): Slot[] {
    return this.draft.outerAbove(this.changedAtLoad);
  }

  /** How deep what they are changed to is: assignments say it, methods do not. */
  changedDepth(holdings: Holdings): number {
    if (this.changedByMethod) return DEEP;
    const depths = this.loadWrites.map(({ target, value }) => {
      const found = isFunction(value) ? SHALLOW : depthOf(holdings.of(value));
      return target.type === 'Identifier' ? found : found + 1;
    });
    return Math.min(DEEP, Math.max(0, ...depths));
  }

  /** Variables that live as long as the module, but are of a namespace or a block. */
  hidden(holdings: Holdings): HiddenWrite[] {
    const found: HiddenWrite[] = [];
    const sinks = this.draft.sinks().filter((it) => it.how === 'assign' || it.how === 'write');
    for (const [local, slot] of this.loaded) {
      const reached = sinks.length === 0 ? new Set<Slot>() : this.draft.reachedFrom([slot]);
      const hits = sinks.filter((it) => reached.has(it.slot));
      const hit = hits.find((it) => !it.filling) ?? hits[0];
      if (hit !== undefined) {
        found.push({ what: local.name, offset: hit.offset, impure: !hit.filling });
      } else if (this.usedLater.has(local)) {
        const write = local.writes.find((it) => {
          return it.from === 'expression' && mayKeep(holdings, it.value);
        });
        if (write?.from !== 'expression') continue;
        found.push({ what: local.name, offset: write.value.start, impure: false });
      }
    }
    for (const { target, value } of this.loadWrites) {
      if (!mayKeep(holdings, value) || isVariable(target)) continue;
      const what = this.context.text.slice(target.start, target.end);
      found.push({ what, offset: target.start, impure: false });
    }
    return found;
  }
}

function holdsFunction(node: Node): boolean {
  if (isFunction(node)) return true;
  let found = false;
  eachChild(node, (child) => {
    found ||= holdsFunction(child);
  });
  return found;
}

function depthOf(holding: Holding): number {
  return holding.kind === 'still' ? holding.depth : DEEP;
}

/** A member of `process.env`, where everything becomes a text. */
function isVariable(target: Node): boolean {
  return target.type === 'MemberExpression' && memberName(unwrap(target.object)) === 'env';
}

/** Whether something else than data and functions written there is put into a place. */
function mayKeep(holdings: Holdings, value: Node): boolean {
  if (isFunction(value)) return false;
  const found = holdings.of(value);
  return found.kind === 'other' || (found.kind === 'proof' && found.verdict.length > 0);
}
