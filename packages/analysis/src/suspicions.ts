import type { ModuleLinks } from './module-links.ts';
import type { Placer } from './placer.ts';
import { eachChild, isFunction, keyName } from './syntax.ts';
import type { CodeFacts, TaskCall } from './code-facts.ts';
import type { Suspicion } from './summary.ts';
import type { Node } from './syntax.ts';
import { unwrap } from './syntax.ts';
import { isCommandCall } from './task-call.ts';

/**
 * Calls of a module that declare a task or checkpoint where none may stand, and tasks handed to
 * `Array.prototype.map`. Whether they are what they seem is for the linker to say.
 */
export function findSuspicions(
  place: Placer,
  facts: readonly CodeFacts[],
  [initialisers, links]: readonly [readonly (Node | null)[], ModuleLinks],
): Suspicion[] {
  const named = new Set(initialisers);
  const found: Suspicion[] = [];
  for (const it of facts) {
    for (const call of it.taskCalls) {
      if (!call.inFunction && named.has(call.node)) continue;
      if (call.what === 'checkpoint') {
        found.push(checkpointSuspicion(place, call, it));
        continue;
      }
      const environment = environmentOf(call, it, links);
      if (environment === undefined) continue;
      const { callee } = call.node;
      const at = place(callee.start, callee.end - callee.start);
      const kind = call.inFunction ? 'task-in-function' : 'task-unnamed';
      found.push({ kind, environment, at });
    }
    for (const { name, at } of it.mapCalls) {
      const where = place(at, name.length);
      found.push({ kind: 'map-second-parameter', name, at: where });
    }
  }
  return found;
}

/** What it captures is what has to be seen first: moving it to the top level is not enough. */
function checkpointSuspicion(place: Placer, call: TaskCall, facts: CodeFacts): Suspicion {
  const captured = call.node.arguments.map((it) => capturedIn(it, call, facts)).find(Boolean);
  if (captured !== undefined && captured !== null) {
    const { name, start } = captured;
    return { kind: 'checkpoint-captures', name, at: place(start, name.length) };
  }
  const { callee } = call.node;
  const at = place(callee.start, callee.end - callee.start);
  return { kind: call.inFunction ? 'checkpoint-in-function' : 'checkpoint-unnamed', at };
}

/** The first name below a node that is a local variable where the call stands. */
function capturedIn(
  node: Node,
  call: TaskCall,
  facts: CodeFacts,
): (Node & { type: 'Identifier' }) | null {
  if (node.type === 'Identifier') {
    const local = facts.locals.get(node);
    return local !== undefined && call.scope.find(node.name) === local ? node : null;
  }
  let found: (Node & { type: 'Identifier' }) | null = null;
  eachChild(node, (child) => {
    found ??= capturedIn(child, call, facts);
  });
  return found;
}

/** A module-scope name, `null` for a certain environment, `undefined` for something else. */
function environmentOf(
  call: TaskCall,
  facts: CodeFacts,
  links: ModuleLinks,
): string | null | undefined {
  const callee = unwrap(call.node.callee);
  if (callee.type !== 'MemberExpression') return undefined;
  const object = unwrap(callee.object);
  if (isEnvironmentCall(object, links)) return null;
  if (object.type !== 'Identifier') return undefined;
  const local = facts.locals.get(object);
  if (local === undefined) return object.name;
  const made = local.writes.some(
    (it) => it.from === 'expression' && isEnvironmentCall(it.value, links),
  );
  if (made) return null;
  const isParameter = local.writes.some((it) => it.from === 'parameter');
  return isParameter && importsSkein(links) && hasInlineBody(call.node) ? null : undefined;
}

function importsSkein(links: ModuleLinks): boolean {
  return links.environments.size > 0;
}

/** A function, or a command, written where the task is declared. */
function hasInlineBody(node: Node & { type: 'CallExpression' }): boolean {
  const [first] = node.arguments;
  if (isCommandCall(node)) {
    const properties = first?.type === 'ObjectExpression' ? first.properties : [];
    return properties.some((it) => it.type === 'Property' && keyName(it) === 'command');
  }
  const isOptions = node.arguments.length === 1 || first?.type === 'ObjectExpression';
  return isOptions && isFunction(node.arguments.at(-1));
}

function isEnvironmentCall(node: Node, links: ModuleLinks): boolean {
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    links.environments.has(node.callee.name)
  );
}
