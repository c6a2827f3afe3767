import { join } from 'node:path';
import { isAlive, removeRun, storageFailure } from '@skein/journal';
import type { ProcessIdentity } from '@skein/journal';
import type { Failure, Result, RunId } from '@skein/model';
import { FailureError, fail, isFull, succeed, reach } from '@skein/model';
import { Holders, type Moment, Pins, Sweep } from '@skein/store';
import type { GcKind, GcReport } from '@skein/view';
import type { GcRequest } from './contract.ts';
import { Amounts, type Going, amountsOf, freedBytes, waitingOf } from './gc-amounts.ts';
import { type Piece, piecesIn } from './gc-content.ts';
import { shrinkDatabase } from './gc-database.ts';
import {
  findLitter,
  lastSetAside,
  removeAll,
  removeScratch,
  removeStaleAnalysis,
} from './gc-litter.ts';
import { inPlace, isInPlace } from './gc-place.ts';
import { type GcPlan, planGc } from './gc-plan.ts';
import { DEFAULT_OLDER_THAN_MS, type GcPolicy } from './gc-policy.ts';
import { type Pressure, pressures } from './gc-pressure.ts';
import type { Opened } from './opened.ts';
import { stateSize } from './state-size.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';

/** So often a plan is made because something is not as it was when the last one was made. */
const PLANS = 3;
/** Files unlinked in one transaction. */
const BATCH_FILES = 200;

/**
 * Removes what is not wanted any more: `store/src/sweep.ts` tells why that is safe at any moment.
 * First what dead processes left, which takes no room in the database; then records; then the
 * content that only they named, if nobody works with the state; then pages of the database.
 */
export async function gc(opened: Opened, request: GcRequest): Promise<Result<GcReport>> {
  // What would go can be told by a copy of the record, too.
  const looks = request.dryRun === true;
  if (!looks) await sweepLeftovers(opened);
  if (!looks && !isInPlace(opened)) await makeRoom(opened);
  const placed = looks ? succeed({ opened, close: () => undefined }) : inPlace(opened);
  if (!placed.ok) return placed;
  try {
    return await new Collection(placed.value.opened, request).collect();
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    return fail(storageFailure(error, opened.state.path));
  } finally {
    placed.value.close();
  }
}

/**
 * The database cannot be opened, on a full disk perhaps: what it does not know of goes first. What
 * is compiled is made again by whoever misses it, be it at this moment.
 */
async function makeRoom({ state: { path }, clock }: Opened): Promise<void> {
  const litter = await findLitter({ state: path, now: clock.now(), held: true, thin: false });
  await removeScratch(litter);
  removeAll([...litter.temporary, ...piecesIn(join(path, 'compile-cache'))]);
}

interface Attempt extends Going {
  readonly moment: Moment;
  /** Processes that work with the state. */
  readonly busy: readonly number[];
  /** A database that was set aside: what nothing names here it may name. */
  readonly aside: string | undefined;
}

class Collection {
  readonly #opened: Opened;
  readonly #request: GcRequest;
  readonly #sweep: Sweep;
  readonly #policy: GcPolicy;
  readonly #before: number;
  readonly #removed = new Amounts();
  readonly #gone: RunId[] = [];
  /** Runs that could not be removed: they are looked at as if they went on. */
  readonly #stuck = new Set<RunId>();

  constructor(opened: Opened, request: GcRequest) {
    this.#opened = opened;
    this.#request = request;
    this.#sweep = new Sweep(opened.state.db);
    this.#before = stateSize(opened.state.path);
    const { olderThanMs, keep, unfinished = false } = request;
    this.#policy = {
      olderThanMs: olderThanMs ?? (keep === undefined ? DEFAULT_OLDER_THAN_MS : 0),
      keep: keep ?? 0,
      unfinished,
    };
  }

  async collect(): Promise<Result<GcReport>> {
    const failure = this.#catchUp();
    if (failure !== undefined) return fail(failure);
    let attempt = await this.#attempt();
    if (this.#request.dryRun === true) return succeed(this.#foreseen(attempt));
    const { state, clock } = this.#opened;
    await removeScratch(attempt.litter);
    this.#removed.add('scratch', attempt.litter.scratch);
    for (let plans = 1; !(await this.#carryOut(attempt)) && plans < PLANS; plans += 1) {
      attempt = await this.#attempt();
    }
    const stale = removeStaleAnalysis(state.path, clock.now());
    if (stale > 0) this.#removed.add('caches', [{ bytes: stale }]);
    if (!attempt.held) shrinkDatabase(state.db, this.#sweep, attempt.moment);
    return succeed({
      ...this.#reportOf(attempt),
      removed: this.#removed.all(),
      runs: this.#gone,
      sizeBytes: { before: this.#before, after: stateSize(state.path) },
    });
  }

  /** What a process that died left unfolded counts, too; on a full disk that has to wait. */
  #catchUp(): Failure | undefined {
    const journal = this.#opened.state.openJournal(this.#opened.warn);
    if (journal.ok) journal.value.close();
    else if (journal.failure.code !== 'disk-full') return journal.failure;
    return undefined;
  }

  /** The gentlest plan that makes the state small enough, or the harshest there is. */
  async #attempt(): Promise<Attempt> {
    const { maxSizeBytes } = this.#request;
    let attempt = await this.#planned({ policy: this.#policy, thin: false });
    if (maxSizeBytes === undefined) return attempt;
    const size = stateSize(this.#opened.state.path);
    const steps = pressures(attempt.plan, this.#policy, this.#opened.clock.now());
    for (const pressure of steps) {
      if (size - freedBytes(attempt) <= maxSizeBytes) break;
      attempt = await this.#planned(pressure);
    }
    return attempt;
  }

  async #planned({ policy, thin }: Pressure): Promise<Attempt> {
    const { progress = (): void => undefined, corrupt } = this.#request;
    const { state, clock } = this.#opened;
    const moment = this.#sweep.moment();
    const busy = this.#busy();
    const plan = await planGc(this.#opened, { policy, thin, stuck: this.#stuck, progress });
    if (!plan.ok) throw new FailureError(plan.failure);
    // A run that goes on is held, too; but nobody has to believe that.
    const runs = [...plan.value.choice.stay.values()].includes('running');
    const aside = corrupt === true ? undefined : lastSetAside(state.path);
    const held = busy.length > 0 || runs || aside !== undefined;
    const litter = await findLitter({
      state: state.path,
      now: clock.now(),
      held,
      thin,
      ...(corrupt === true ? { corrupt: { olderThanMs: policy.olderThanMs } } : {}),
    });
    return { plan: plan.value, litter, moment, busy, aside, held };
  }

  /** Whoever holds the state and lives; the others are forgotten. */
  #busy(): readonly number[] {
    const busy = new Set<number>();
    const gone: number[] = [];
    for (const { id, process } of new Holders(this.#opened.state.db).list()) {
      const identity = identityIn(process);
      if (identity !== undefined && isAlive(identity)) busy.add(identity.pid);
      else gone.push(id);
    }
    if (this.#request.dryRun !== true) this.#unlessFull(() => this.#sweep.forget(gone));
    return [...busy];
  }

  /** False where something was not as it had been when the plan was made. */
  async #carryOut(attempt: Attempt): Promise<boolean> {
    const { plan, litter, moment, held } = attempt;
    this.#unlink('scratch', litter.temporary);
    this.#unlink('databases', litter.databases);
    if (held) this.#unlink('caches', litter.caches);
    reach('gc-before-records');
    if (!(await this.#removeRecords(attempt))) return false;
    reach('gc-after-records');
    if (held) return true;
    const { kept, places, artifacts, files, bundles } = plan;
    return (
      this.#sweepRows('kept', kept, moment) &&
      this.#sweepRows('artifact_files', places, moment) &&
      this.#sweepFiles('artifacts', artifacts, moment) &&
      this.#sweepFiles('files', files, moment) &&
      this.#sweepFiles('bundles', bundles, moment) &&
      this.#sweepFiles('caches', litter.caches, moment)
    );
  }

  /** Removing rows takes some room first: on a full disk what nothing names has to make it. */
  async #removeRecords({ plan, litter, moment, held }: Attempt): Promise<boolean> {
    const first = this.#unlessFull(() => this.#records(plan));
    if (first !== undefined) return first;
    if (!held) {
      const keeping = { ...this.#policy, olderThanMs: Infinity };
      const nameless = await this.#planned({ policy: keeping, thin: false });
      this.#sweepFiles('caches', litter.caches, moment);
      this.#sweepFiles('artifacts', nameless.plan.artifacts, nameless.moment);
      this.#sweepFiles('files', nameless.plan.files, nameless.moment);
    }
    return this.#records(plan);
  }

  #records({ runs, choice, traces, summaries }: GcPlan): boolean {
    const { db } = this.#opened.state;
    const pins = new Pins(db);
    const known = new Map(runs.map((run) => [run.run, run]));
    let isWhole = true;
    for (const [index, run] of choice.go.entries()) {
      this.#request.progress?.('removing runs', index, choice.go.length);
      const recorded = known.get(run);
      const removed = removeRun(db, run, { mayGo: () => !pins.has(run), isAlive });
      if (!removed.ok) throw new FailureError(removed.failure);
      if (!removed.value) {
        if (!pins.has(run)) this.#stuck.add(run);
        isWhole = false;
      } else if (recorded !== undefined) {
        reach('gc-run-removed');
        this.#gone.push(run);
        this.#removed.add('runs', [recorded]);
      }
    }
    if (!isWhole) return false;
    const removed = this.#sweep.traces(traces.go);
    this.#sweep.summaries(summaries);
    this.#sweep.tasks(traces.gone);
    this.#removed.add('traces', [...traces.go.slice(0, removed), ...summaries]);
    return removed === traces.go.length;
  }

  #sweepRows(table: 'kept' | 'artifact_files', rows: GcPlan['kept'], moment: Moment): boolean {
    const ids = rows.map(({ id }) => id);
    if (!this.#sweep.rows(table, ids, moment)) return false;
    this.#removed.add('values', rows);
    return true;
  }

  #sweepFiles(kind: GcKind, pieces: readonly Piece[], moment: Moment): boolean {
    for (let from = 0; from < pieces.length; from += BATCH_FILES) {
      this.#request.progress?.(`removing ${kind}`, from, pieces.length);
      const batch = pieces.slice(from, from + BATCH_FILES);
      if (!this.#sweep.isUntouched(moment, () => this.#unlink(kind, batch))) return false;
      reach('gc-content-removed');
    }
    return true;
  }

  #unlink(kind: GcKind, pieces: readonly Piece[]): void {
    removeAll(pieces);
    this.#removed.add(kind, pieces);
  }

  /** `undefined` where there was no room for it. */
  #unlessFull<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const full = error instanceof FailureError && error.failure.code === 'disk-full';
      if (full || isFull(error)) return undefined;
      throw error;
    }
  }

  #foreseen(attempt: Attempt): GcReport {
    const before = this.#before;
    const after = Math.max(0, before - freedBytes(attempt));
    return {
      ...this.#reportOf(attempt),
      dryRun: true,
      removed: amountsOf(attempt).all(),
      runs: attempt.plan.choice.go,
      sizeBytes: { before, after },
    };
  }

  #reportOf(attempt: Attempt): Omit<GcReport, 'removed' | 'runs' | 'sizeBytes'> {
    const { maxSizeBytes } = this.#request;
    const stay = { running: 0, pinned: 0, unfinished: 0, kept: 0, young: 0 };
    for (const reason of attempt.plan.choice.stay.values()) stay[reason] += 1;
    return {
      dryRun: false,
      stay,
      busy: attempt.busy,
      waiting: waitingOf(attempt),
      ...(attempt.aside === undefined ? {} : { aside: attempt.aside }),
      ...(maxSizeBytes === undefined ? {} : { maxSizeBytes }),
    };
  }
}

function identityIn(json: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(json) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
