import type { ActionState } from '@skein/journal';
import type { ActionNumber, Impurity, Reason, RunId } from '@skein/model';
import type { Earlier, SoughtCall } from './earlier.ts';
import type { EarlierAction } from './earlier-action.ts';
import { type Alike, EarlierRun, NOBODY, type OwnCalls, isResult } from './earlier-run.ts';
import type { RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { MadeOtherwise } from './made-otherwise.ts';
import type { PreparedTasks } from './prepare.ts';
import type { Resumption } from './resumption.ts';

/*
 * Which earlier action a call of this run is (R1). What this file owns: who gets what.
 * E1  A call of a caller that is on record is one of those that the caller made then; in runs of
 *     before there was such a caller, one that some action of its task made.
 * E2  Where calls are not cached, five samples are five: no action is given to two calls, none
 *     that an action of this run is entitled to is given to another, and who has lost one to
 *     another is not adopted as a whole.
 * E3  The newest record of a call decides. One that came to no result is no answer, but what was
 *     called beneath it is found again, there and in older runs.
 */

interface Recorded {
  readonly run: EarlierRun;
  readonly action: ActionState;
}

/** The runs that a run goes on from. */
export class EarlierRuns implements Earlier {
  readonly edited: Resumption['edited'];
  readonly #runs: readonly EarlierRun[];
  readonly #made: MadeOtherwise;

  constructor(
    frame: () => RunFrame,
    of: { readonly tasks: PreparedTasks; readonly resumption: Resumption },
  ) {
    const { resumption } = of;
    this.edited = resumption.edited;
    this.#runs = resumption.runs.map((state) => new EarlierRun(state, of.tasks));
    this.#made = new MadeOtherwise(frame, { runs: this.#runs, changes: resumption.changes });
  }

  match(caller: LiveAction, call: SoughtCall): readonly EarlierAction[] {
    const found: EarlierAction[] = [];
    const enter = (run: EarlierRun, number: ActionNumber | undefined): boolean => {
      const action = number === undefined ? undefined : run.action(number);
      if (action === undefined) return false;
      found.push(...this.#enter(run, action, call));
      return isResult(action);
    };
    const others = this.#before(caller);
    for (const run of this.#runs) {
      const own = counterpartOf(run, caller);
      if (own !== undefined) {
        if (enter(run, this.#among(run, run.callsOf(own), call))) return found;
      } else if (!others.includes(run)) {
        // It ended while the caller was only checked, and what was called for it has no caller.
        if (enter(run, this.#amongOthers(run, run.rootCalls, call))) return found;
      }
    }
    for (const run of others) {
      if (enter(run, this.#findOther(run, caller, call))) return found;
    }
    return found;
  }

  take({ earlier }: LiveAction): boolean {
    const isBroken = earlier.some(({ run, state }) => this.#of(run)?.isBroken(state.action));
    for (const { run, state } of earlier) this.#of(run)?.take(state.action);
    return !isBroken;
  }

  originOf({ run, state }: EarlierAction): { readonly run: RunId; readonly action: ActionNumber } {
    const reason = adoptedReason(state);
    return reason === undefined ? { run, action: state.action } : reason;
  }

  async causeOf({ run, state }: EarlierAction): Promise<Reason | undefined> {
    const record = this.#of(run);
    return record && (await this.#made.of(record, state.action))?.cause;
  }

  impureIn({ run, state }: EarlierAction): Reason | undefined {
    const record = this.#of(run);
    const pending = record === undefined ? [] : [{ run: record, action: state }];
    for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
      const { action } = one;
      const [impurity] = action.impurities;
      if (impurity !== undefined) return impure(impurity);
      const below = action.verdict.kind === 'execute' ? childrenOf(one) : [this.#madeBy(one)];
      for (const made of below) {
        if (made === undefined) return { kind: 'code-unknown' };
        pending.push(made);
      }
    }
    return undefined;
  }

  forget(): void {
    this.#made.forget();
  }

  #of(run: RunId): EarlierRun | undefined {
    return this.#runs.find((one) => one.run === run);
  }

  /** With the action that it was itself adopted from: there its calls are on record. */
  #enter(run: EarlierRun, action: ActionState, call: SoughtCall): readonly EarlierAction[] {
    const origin = this.#origin(action);
    const entered = origin === undefined ? [{ run, action }] : [{ run, action }, origin];
    return entered.map((one) => {
      const number = one.action.action;
      one.run.matched.add(number);
      one.run.given.add(number);
      return {
        run: one.run.run,
        state: call.task.forced ? withoutProgress(one.action) : one.action,
        madeOtherwise: async () => (await this.#made.of(one.run, number))?.reason,
      };
    });
  }

  /**
   * The runs in which the caller was another: all that are older than its own records. What was
   * called beneath a reused action is not on record as its own.
   */
  #before(caller: LiveAction): readonly EarlierRun[] {
    if (caller.parent === null) return [];
    const own = caller.earlier.filter(({ state }) => state.verdict.kind === 'execute');
    const last = this.#runs.findLastIndex(({ run }) => own.some((one) => one.run === run));
    return this.#runs.slice(last + 1);
  }

  /** The execution that an answer came from, if it is on record. */
  #madeBy({ run, action }: Recorded): Recorded | undefined {
    if (action.verdict.kind === 'adopt') return this.#origin(action);
    const number = run.executed(action);
    const state = number === undefined ? undefined : run.action(number);
    return state && { run, action: state };
  }

  #origin(action: ActionState): { run: EarlierRun; action: ActionState } | undefined {
    const reason = adoptedReason(action);
    const run = reason && this.#of(reason.run);
    const state = reason && run?.action(reason.action);
    return run && state && { run, action: state };
  }

  /** The caller is not on record as it is today: it, or what it called. */
  #findOther(run: EarlierRun, caller: LiveAction, call: SoughtCall): ActionNumber | undefined {
    const number = this.#amongOthers(run, run.callsOfTask(caller.task), call);
    if (number !== undefined) return number;
    const own = counterpartOf(run, caller);
    const above = own === undefined ? undefined : callerAbove(run, caller);
    const passed = above === undefined ? undefined : this.#among(run, run.callsOf(above), call);
    // Whose caller is not on record: a check made it, and its run ended before the check did.
    return passed ?? this.#amongOthers(run, run.rootCalls, call);
  }

  /**
   * The counterpart among the calls of one caller. Identical calls keep their places: what was
   * made of the third sample is found again by the third.
   */
  #among(run: EarlierRun, calls: OwnCalls, call: SoughtCall): ActionNumber | undefined {
    const places = calls.places.get(call.identity);
    const exact = places?.[call.count];
    if (call.task.caching) {
      const any = exact ?? places?.find((number) => number !== undefined);
      if (any !== undefined) return any;
    } else if (exact !== undefined && !this.#isGiven(run, exact)) return exact;
    for (const [identity, alike] of calls.alike.get(likeIdentity(call)) ?? []) {
      if (identity === call.identity) continue;
      const number = next(alike, (one) => !this.#isGiven(run, one));
      if (number !== undefined) return number;
    }
    return undefined;
  }

  /** One that another caller made. */
  #amongOthers(
    run: EarlierRun,
    calls: ReadonlyMap<string, Alike>,
    call: SoughtCall,
  ): ActionNumber | undefined {
    const alike = calls.get(likeIdentity(call));
    if (alike === undefined) return undefined;
    if (call.task.caching) return alike.actions[0];
    const number = next(alike, (one) => {
      return run.isFree(one) && !this.#isGiven(run, one) && !this.#isAdopted(run, one);
    });
    if (number !== undefined) {
      run.give(number);
      const origin = this.#origin(run.action(number) as ActionState);
      origin?.run.give(origin.action.action);
    }
    return number;
  }

  /** A newer run has adopted it: there it is found by whom it was adopted for. */
  #isAdopted(run: EarlierRun, number: ActionNumber): boolean {
    for (const newer of this.#runs) {
      if (newer === run) return false;
      if (newer.hasAdopted(run.run, number)) return true;
    }
    return false;
  }

  /** An adopted action is given out with the one that it was adopted from. */
  #isGiven(run: EarlierRun, number: ActionNumber): boolean {
    if (run.given.has(number)) return true;
    const action = run.action(number);
    const origin = action && this.#origin(action);
    return origin?.run.given.has(origin.action.action) ?? false;
  }
}

/** The first that is still free; what once was not is never again. */
function next(alike: Alike, isFree: (number: ActionNumber) => boolean): ActionNumber | undefined {
  for (; alike.next < alike.actions.length; alike.next += 1) {
    const number = alike.actions[alike.next];
    if (number !== undefined && isFree(number)) return number;
  }
  return undefined;
}

function likeIdentity({ task, inputs }: SoughtCall): string {
  let like = task.likeness;
  for (const input of inputs) like += `|${input}`;
  return like;
}

function counterpartOf(run: EarlierRun, caller: LiveAction): ActionNumber | undefined {
  if (caller.parent === null) return NOBODY;
  return caller.earlier.find((one) => one.run === run.run)?.state.action;
}

/** The nearest caller above whose calls are on record. */
function callerAbove(run: EarlierRun, caller: LiveAction): ActionNumber | undefined {
  for (let above = caller.parent; above !== null; above = above.parent) {
    const number = counterpartOf(run, above);
    if (number === NOBODY || number === undefined) continue;
    if (run.action(number)?.verdict.kind === 'execute') return number;
  }
  return undefined;
}

function childrenOf({ run, action }: Recorded): readonly (Recorded | undefined)[] {
  return action.children.map((number) => {
    const child = run.action(number);
    return child && { run, action: child };
  });
}

function impure({ what, at }: Impurity): Reason {
  return { kind: 'impure', what, ...(at === undefined ? {} : { at }) };
}

function adoptedReason({
  verdict,
}: ActionState): Extract<Reason, { readonly kind: 'adopted' }> | undefined {
  return verdict.reason.kind === 'adopted' ? verdict.reason : undefined;
}

/** What is forced begins anew; only what it calls is not forced with it. */
function withoutProgress(action: ActionState): ActionState {
  const { snapshot: _, ...state } = action;
  return { ...state, checkpoints: [] };
}
