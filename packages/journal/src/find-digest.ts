import type { DatabaseSync } from 'node:sqlite';
import { packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionNumber, RunId, TaskId, Verdict } from '@skein/model';
import { verdictKind } from './facts-batch.ts';
import type { DigestPlace } from './facts-batch.ts';
import { PACKED_DIGEST_BYTES } from './facts-layout.ts';
import { keptFacts, unfoldedFacts, unfoldedRuns } from './facts.ts';
import type { Facts } from './facts.ts';
import { runOf } from './row.ts';

/** An action that was given a value, or made it. */
export interface DigestUse extends DigestPlace {
  readonly run: RunId;
  /** The run's number in this database. */
  readonly number: number;
  readonly action: ActionNumber;
  readonly task: TaskId;
  readonly verdict: Verdict['kind'];
  /** When that was recorded; ms since 1970. */
  readonly at: number;
}

/**
 * Every action of every run that has `digest` as an input, as its outcome, or among the files of
 * its result: the newest first, each place of an action once. Reads on as it is asked for more.
 * Throws a `StoredFormError` where facts are damaged.
 */
export function* findDigest(db: DatabaseSync, digest: Digest): Generator<DigestUse> {
  const packed = packDigests([digest]);
  const names = namesOfRuns(db);
  const seen = new Set<string>();
  for (const { number, places, facts } of placesOf(db, packed)) {
    for (const use of usesIn(facts(), places)) {
      const name = `${number} ${use.action} ${use.role} ${use.index}`;
      if (seen.has(name)) continue;
      seen.add(name);
      yield { ...use, run: names(number), number };
    }
  }
}

function namesOfRuns(db: DatabaseSync): (number: number) => RunId {
  const select = db.prepare('select run from runs where id = ?');
  const known = new Map<number, RunId>();
  return (number) => {
    const name = known.get(number) ?? (String(select.get(number)?.['run']) as RunId);
    known.set(number, name);
    return name;
  };
}

/** Where a batch has the digest, among all of its own. */
interface Found {
  readonly number: number;
  readonly places: readonly number[];
  readonly facts: () => Facts;
}

/** Only the digests are looked through. What a run has not folded yet is newer than all it has. */
function* placesOf(db: DatabaseSync, packed: Uint8Array): Generator<Found> {
  const tails = unfoldedRuns(db);
  const tailsFrom = function* (run: number): Generator<Found> {
    for (let tail = tails.at(-1); tail !== undefined && tail.run >= run; tail = tails.at(-1)) {
      tails.pop();
      for (const facts of [...unfoldedFacts(db, tail.run, tail.seq)].toReversed()) {
        const places = find(facts.digests(), packed);
        if (places.length > 0) yield { number: tail.run, places, facts: () => facts };
      }
    }
  };
  const calls = db.prepare('select calls from facts where seq = ?');
  for (const row of db.prepare('select seq, digests from facts order by seq desc').iterate()) {
    const seq = Number(row['seq']);
    yield* tailsFrom(runOf(seq));
    const places = find(row['digests'], packed);
    if (places.length === 0) continue;
    yield {
      number: runOf(seq),
      places,
      facts: () => keptFacts(db, seq, calls.get(seq)?.['calls']),
    };
  }
  yield* tailsFrom(0);
}

/** Indices of a packed digest among others, ascending. */
function find(digests: unknown, packed: Uint8Array): number[] {
  if (!(digests instanceof Uint8Array)) return [];
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.length);
  const found: number[] = [];
  for (let at = bytes.indexOf(packed); at >= 0; at = bytes.indexOf(packed, at + 1)) {
    if (at % PACKED_DIGEST_BYTES === 0) found.push(at / PACKED_DIGEST_BYTES);
  }
  return found;
}

type Use = Omit<DigestUse, 'run' | 'number'>;

/** Newest first. The digests of the calls stand in the order of the calls. */
function usesIn({ batch }: Facts, places: readonly number[]): Use[] {
  const uses: Use[] = [];
  let call = 0;
  for (const found of places) {
    while (call + 1 < batch.calls && batch.firstDigest(call + 1) <= found) call += 1;
    const place = batch.placeOf(call, found - batch.firstDigest(call));
    const task = batch.tasks[batch.task(call)];
    if (place === undefined || task === undefined) continue;
    const verdict = verdictKind(batch.verdict(call));
    uses.push({ ...place, action: batch.action(call), task, verdict, at: batch.at(call) });
  }
  return uses.toReversed();
}
