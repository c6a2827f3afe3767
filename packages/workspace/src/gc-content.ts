import { type Stats, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Something in the state directory that can be removed. */
export interface Piece {
  readonly path: string;
  /** What is freed by removing it. */
  readonly bytes: number;
  /**
   * When it was last touched, milliseconds since 1970. Who makes a blob sets its modification time
   * to the seal while it still has its temporary name: that alone says nothing.
   */
  readonly at: number;
}

/** A file that is named by the digits of its content. */
export interface ContentPiece extends Piece {
  readonly hex: string;
}

const SHARD = /^[0-9a-f]{2}$/;
const HEX = /^[0-9a-f]{64}$/;

/** Blobs, or loose files: `<folder>/<first two digits>/<64 digits>`. */
export function* shardedContent(folder: string): Generator<ContentPiece> {
  for (const shard of namesIn(folder)) {
    if (!SHARD.test(shard)) continue;
    for (const hex of namesIn(join(folder, shard))) {
      const path = join(folder, shard, hex);
      const stats = HEX.test(hex) ? statsOf(path) : undefined;
      if (stats !== undefined) yield { hex, path, bytes: stats.size, at: touchedAt(stats) };
    }
  }
}

/** Folders below `folder` that begin with 64 digits: what was made of some content. */
export function* derivedContent(folder: string): Generator<ContentPiece> {
  for (const name of namesIn(folder)) {
    const hex = name.slice(0, 64);
    if (HEX.test(hex)) yield { hex, ...pieceAt(join(folder, name)) };
  }
}

export function* piecesIn(folder: string): Generator<Piece> {
  for (const name of namesIn(folder)) yield pieceAt(join(folder, name));
}

/** A file, or a folder with everything in it: links to content that lies elsewhere take nothing. */
export function pieceAt(path: string): Piece {
  const stats = statsOf(path);
  if (stats === undefined) return { path, bytes: 0, at: Number.NaN };
  if (!stats.isDirectory()) {
    return { path, bytes: stats.nlink > 1 ? 0 : stats.size, at: touchedAt(stats) };
  }
  let bytes = 0;
  let at = touchedAt(stats);
  for (const piece of piecesIn(path)) {
    bytes += piece.bytes;
    if (piece.at > at) ({ at } = piece);
  }
  return { path, bytes, at };
}

function touchedAt({ mtimeMs, ctimeMs }: Stats): number {
  return Math.max(mtimeMs, ctimeMs);
}

/** False where it cannot be removed: it stays, and is found again the next time. */
export function removePiece({ path }: Piece): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `undefined`: it has gone meanwhile, or may not be looked at. */
export function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
