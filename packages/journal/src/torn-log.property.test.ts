import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '@skein/model';
import { history } from '../test/history.ts';
import { runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { databasePath } from './database.ts';
import { findRun } from './find-run.ts';
import { indexRun } from './index-run.ts';
import { readEvents } from './read-events.ts';
import { readRun } from './read-run.ts';
import type { StateDatabase } from './database.ts';

const never = () => false;

type Damage =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'fill'; readonly at: number; readonly length: number; readonly byte: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'lose' };

/** Places are parts of the whole log. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({
    kind: fc.constant('fill' as const),
    at: place,
    length: fc.integer({ min: 1, max: 9_000 }),
    byte: fc.nat(255),
  }),
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.constant({ kind: 'lose' } as const),
);

function damaged(log: Buffer, how: Damage): Buffer {
  if (how.kind === 'lose') return Buffer.alloc(0);
  const at = Math.min(log.length - 1, Math.floor(how.at * log.length));
  const copy = Buffer.from(log);
  if (how.kind === 'cut') return copy.subarray(0, at);
  if (how.kind === 'fill') copy.fill(how.byte, at, Math.min(copy.length, at + how.length));
  else copy[at] = (copy[at] ?? 0) ^ (1 << how.bit);
  return copy;
}

/** Database and log as a process leaves them that is killed at this moment. */
function copyTorn(from: StateDatabase, to: TestState, how: Damage): void {
  const path = databasePath(to.dir);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(from.path, path);
  const log = damaged(readFileSync(`${from.path}-wal`), how);
  if (log.length > 0) writeFileSync(`${path}-wal`, log);
}

function eventsIn({ db }: StateDatabase, run: string): readonly RunEvent[] {
  const found = findRun(db, run);
  if (!found.ok) return [];
  const events: RunEvent[] = [];
  for (let after: number | undefined; ;) {
    const wanted = after === undefined ? {} : { after };
    const page = mustSucceed(readEvents(db, found.value.number, wanted));
    events.push(...page.events);
    if (!page.more) return events;
    after = page.seq;
  }
}

test('P3 D6: of a torn log whole rows are left, a prefix of each run, and work goes on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1), history), { minLength: 1, maxLength: 6 }),
      damage,
      fc.boolean(),
      (parts, how, folds) => {
        using state = new TestState();
        const names = ['a', 'b'] as const;
        const database = state.open();
        const journals = names.map(() => state.journal(state.open()).journal);
        const written = names.map((name): RunEvent[] => [runStarted(name)]);
        for (const [at, journal] of journals.entries()) {
          mustSucceed(journal.begin(runStarted(names[at] ?? '')));
        }
        for (const [part, [which, drawn]] of parts.entries()) {
          const events = drawn.map((event) => renumbered(event, part * ACTIONS_OF_A_PART));
          for (const event of events) journals[which]?.append(event);
          if (folds) mustSucceed(journals[which]?.close() ?? mustFail());
          else mustSucceed(journals[which]?.flush() ?? mustFail());
          written[which]?.push(...events);
        }
        using torn = new TestState();
        copyTorn(database, torn, how);
        const opened = torn.open();
        expect(opened.warnings).toEqual([]);
        for (const [at, name] of names.entries()) {
          const events = eventsIn(opened, name);
          expect(events).toEqual(written[at]?.slice(0, events.length));
          if (events.length === 0) continue;
          const { journal, failures } = torn.journal(opened);
          expect(failures).toEqual([]);
          mustSucceed(journal.close());
          const index = mustSucceed(indexRun(opened.db, name, never));
          const whole = mustSucceed(readRun(opened.db, name, never));
          expect([...index.details(index.actions())]).toEqual([...whole.actions]);
        }
        const { journal } = torn.journal(opened);
        mustSucceed(journal.begin(runStarted('next')));
        mustSucceed(journal.close());
        expect(existsSync(`${opened.path}.condemned`)).toBe(false);
      },
    ),
    { numRuns: 40 },
  );
});

const ACTIONS_OF_A_PART = 1_000;

/** A run numbers each of its actions once, so parts of one must not share numbers. */
function renumbered(event: RunEvent, by: number): RunEvent {
  const shift = (number: number): number => (number === 0 ? 0 : number + by);
  const action = 'action' in event && { action: shift(event.action ?? 0) };
  const parent = 'parent' in event && { parent: shift(event.parent) };
  return { ...event, ...action, ...parent };
}

function mustFail(): never {
  throw new Error('there are two journals');
}
