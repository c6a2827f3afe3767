import type { CodePart } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { Piece } from './facts.ts';

/** What a piece is called in a manifest. */
export function pieceName({ names, adds = [] }: Piece): string {
  if (names.length === 1) return names[0] ?? '';
  return names.length > 0 ? names.join(', ') : adds.join(', ');
}

/** A piece as a part of manifests. */
export function symbolPart(module: string, piece: Piece): CodePart {
  return { kind: 'symbol', module, name: pieceName(piece), digest: piece.code.digest };
}

/**
 * The pieces of a module in the order of all manifests, by name and digest. Those that are equal in
 * both are one part.
 */
export function sortPieces(pieces: readonly Piece[]): readonly number[][] {
  const keyed = pieces.map((piece, at) => ({ at, name: pieceName(piece), ...piece.code }));
  keyed.sort((a, b) => compare(a.name, b.name) || compare(a.digest, b.digest) || a.at - b.at);
  const groups: number[][] = [];
  let last: (typeof keyed)[number] | undefined;
  for (const it of keyed) {
    if (last?.name === it.name && last.digest === it.digest) groups.at(-1)?.push(it.at);
    else groups.push([it.at]);
    last = it;
  }
  return groups;
}

/** Covers symbols of one module, by the lines of their parts in order. */
export function symbolsDigest(lines: readonly string[]): Digest {
  return digestOf('code', lines.join('\n'));
}

/** Covers all symbols of a module. */
export function allSymbols(module: string, pieces: readonly Piece[]): Digest {
  const lines = sortPieces(pieces).flatMap(([first]) => {
    const piece = pieces[first ?? -1];
    return piece === undefined ? [] : [JSON.stringify(symbolPart(module, piece))];
  });
  return symbolsDigest(lines);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
