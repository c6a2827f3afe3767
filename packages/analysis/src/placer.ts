import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping';
import type { EmittedModule } from './emit.ts';
import type { SourceSpan } from './summary.ts';

/** Finds the place in the author's source for an offset of the emitted text. */
export type Placer = (offset: number, length: number) => SourceSpan;

/** The source map is read only when a place is asked for. */
export function placer(module: EmittedModule): Placer {
  let map: TraceMap | undefined;
  return (offset, length) => {
    map ??= new TraceMap(module.map);
    const before = module.code.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - (before.lastIndexOf('\n') + 1);
    const original = originalPositionFor(map, { line, column });
    return { line: original.line ?? 1, column: (original.column ?? 0) + 1, length };
  };
}
