import { dirname, join } from 'node:path';
import { pruneAnalysis } from '@skein/analysis';
import { abandonedIn, removeAbandoned } from '@skein/executors';
import { databasePath } from '@skein/journal';
import { type Piece, namesIn, pieceAt, piecesIn, removePiece } from './gc-content.ts';
import { stateSize } from './state-size.ts';

/** What nobody works with that could still be wanted is this old, where somebody works. */
const HELD_MS = 86_400_000;
/** The same where nobody does: commands that only look unpack files for a moment. */
const IDLE_MS = 3_600_000;
/** Compiled code of workers beyond this goes, the oldest first. */
const COMPILED_BYTES = 256 * 1024 * 1024;
const CORRUPT = /^state\.db\.corrupt-/;

export interface LitterRequest {
  readonly state: string;
  readonly now: number;
  /** Somebody works with the state. */
  readonly held: boolean;
  /** Databases that were set aside go too, if they are as old. */
  readonly corrupt?: { readonly olderThanMs: number };
  /** Caches go whole: nobody works with them, and the state is too large. */
  readonly thin: boolean;
}

/** What dead processes left, and caches. None of it is named by any record. */
export interface Litter {
  readonly scratch: readonly Piece[];
  readonly temporary: readonly Piece[];
  readonly caches: readonly Piece[];
  readonly databases: readonly Piece[];
}

export async function findLitter(request: LitterRequest): Promise<Litter> {
  const { state, now, held, thin } = request;
  const scratch = await abandonedIn(join(state, 'scratch'), now);
  const limit = held ? HELD_MS : IDLE_MS;
  const temporary = [...temporaries(state)].filter(({ at }) => Math.abs(now - at) > limit);
  const whole = thin && !held ? ['compile-cache', 'analysis'] : [];
  const caches = whole.map((name) => pieceAt(join(state, name))).filter(({ bytes }) => bytes > 0);
  return {
    scratch: scratch.map(pieceAt),
    temporary,
    caches: whole.length > 0 ? caches : excessCompiled(join(state, 'compile-cache')),
    databases: [...setAside(request)],
  };
}

function* temporaries(state: string): Generator<Piece> {
  yield* piecesIn(join(state, 'tmp'));
  yield* piecesIn(join(state, 'files', 'tmp'));
  for (const name of namesIn(state))
    if (name.startsWith('unpack-')) yield pieceAt(join(state, name));
}

function excessCompiled(folder: string): readonly Piece[] {
  const files = [...piecesIn(folder)].flatMap(({ path }) => [...piecesIn(path)]);
  files.sort((a, b) => b.at - a.at);
  let bytes = 0;
  return files.filter((file) => (bytes += file.bytes) > COMPILED_BYTES);
}

/** The newest database that was set aside, if there is one. */
export function lastSetAside(state: string): string | undefined {
  const names = namesIn(dirname(databasePath(state))).filter((name) => CORRUPT.test(name));
  return names
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .toSorted()
    .at(-1);
}

function* setAside({ state, now, corrupt }: LitterRequest): Generator<Piece> {
  if (corrupt === undefined) return;
  const folder = dirname(databasePath(state));
  for (const name of namesIn(folder)) {
    const piece = pieceAt(join(folder, name));
    if (CORRUPT.test(name) && now - piece.at > corrupt.olderThanMs) yield piece;
  }
}

export async function removeScratch({ scratch }: Litter): Promise<void> {
  for (const { path } of scratch) await removeAbandoned(path);
}

/** Analysis knows best what of its own nobody asks for any more; gives the bytes it freed. */
export function removeStaleAnalysis(state: string, now: number): number {
  const folder = join(state, 'analysis');
  const before = stateSize(folder);
  pruneAnalysis(state, now);
  return before - stateSize(folder);
}

export function removeAll(pieces: readonly Piece[]): void {
  for (const piece of pieces) removePiece(piece);
}
