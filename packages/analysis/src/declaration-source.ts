import type * as Mapping from '@jridgewell/trace-mapping';
import { createRequire } from 'node:module';
import type * as Parser from 'oxc-parser';
import type { SourceLines } from './analysis.ts';
import type { KeptEmission } from './record.ts';
import type { Span } from './summary.ts';
import type { Node } from './syntax.ts';

// Asked for after the analysis, and seldom: a run with no change loads neither.
const load = createRequire(import.meta.url);
const parser = (): typeof Parser => load('oxc-parser');
const mapping = (): typeof Mapping => load('@jridgewell/trace-mapping');

/**
 * The author's lines of a module's top-level declarations, found from their emitted code. What is
 * emitted has lost types and layout, so its end says nothing about the end of the source.
 */
export class DeclarationSources {
  readonly #source: string;
  readonly #code: string;
  readonly #map: Mapping.TraceMap;
  readonly #pieces: readonly Span[];

  /** The extension of `path` says how the source is read. */
  constructor(path: string, source: string, emission: KeptEmission) {
    this.#source = source;
    this.#code = emission.code;
    this.#map = new (mapping().TraceMap)(emission.map);
    const { program } = parser().parseSync(path, source, { preserveParens: false });
    this.#pieces = program.body.flatMap(piecesOf);
  }

  /** Of what stands there in the emitted code. */
  at({ start }: Span): SourceLines | undefined {
    const offset = this.#offset(start);
    if (offset === undefined) return undefined;
    const piece = this.#pieces.find((it) => it.start <= offset && offset < it.end);
    return piece === undefined ? undefined : linesOf(this.#source, piece);
  }

  #offset(start: number): number | undefined {
    const { LEAST_UPPER_BOUND, originalPositionFor } = mapping();
    const before = this.#code.slice(0, start);
    const line = before.split('\n').length;
    const needle = { line, column: start - (before.lastIndexOf('\n') + 1) };
    let found = originalPositionFor(this.#map, needle);
    if (found.line === null) {
      found = originalPositionFor(this.#map, { ...needle, bias: LEAST_UPPER_BOUND });
    }
    if (found.line === null) return undefined;
    const lines = this.#source.split('\n').slice(0, found.line - 1);
    return lines.reduce((sum, it) => sum + it.length + 1, 0) + found.column;
  }
}

/** A statement, or its declarators where it has several. */
function piecesOf(statement: Node): readonly Span[] {
  const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (inner?.type !== 'VariableDeclaration' || inner.declarations.length < 2) return [statement];
  return inner.declarations.map((it, index) => ({
    // The first one takes `export const` with it.
    start: index === 0 ? statement.start : it.start,
    end: it.end,
  }));
}

function linesOf(source: string, { start, end }: Span): SourceLines {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const next = source.indexOf('\n', end);
  const text = source.slice(from, next < 0 ? source.length : next).replaceAll('\r\n', '\n');
  return { line: source.slice(0, from).split('\n').length, text: text.replace(/\r$/, '') };
}
