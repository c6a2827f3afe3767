import type { Node } from './syntax.ts';
import { keyName, literalText, memberName, unwrap } from './syntax.ts';

type Call = Node & { type: 'CallExpression' };

/**
 * Whether a call declares a task if its object is an environment: `x.task(fn)`, `x.task(options,
 * fn)`, `x.command(spec)`. Other methods of these names take a name first.
 */
export function isTaskCall(call: Call): boolean {
  const [first, second] = call.arguments;
  const { length } = call.arguments;
  if (first === undefined || literalText(first) !== null || first.type === 'SpreadElement') {
    return false;
  }
  const method = memberName(unwrap(call.callee));
  if (method === 'task') return length === 1 || (length === 2 && second !== null);
  return method === 'command' && length === 1;
}

/** Whether what declares a task declares a command: Skein's own code runs a program then. */
export function isCommandCall(call: Call): boolean {
  return isTaskCall(call) && memberName(unwrap(call.callee)) === 'command';
}

/** Options of any task: they count in keys by what the loaded module says (Q1), or not at all. */
const OPTIONS = new Set(
  (
    'cache retries timeout resources image isolation network reuse variables secrets strict ' +
    'report labels title'
  ).split(' '),
);

/** A command's object without the options beside it; `null`: any part of it may be code. */
export function commandCode(spec: Node): (Node & { type: 'ObjectExpression' }) | null {
  if (spec.type !== 'ObjectExpression') return null;
  const names = spec.properties.map((it) =>
    it.type === 'Property' && it.kind === 'init' ? keyName(it) : null,
  );
  if (names.some((it) => it === null || it === '__proto__')) return null;
  const properties = spec.properties.filter((_, index) => !OPTIONS.has(names[index] ?? ''));
  return { ...spec, properties };
}
