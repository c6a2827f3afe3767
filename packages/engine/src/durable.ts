import type { Digest } from '@skein/values';
import type { CheckpointAnswer, EndedCheckpoint } from '@skein/executors';
import { SnapshotFold } from '@skein/model';
import type {
  CheckpointCall,
  Observed,
  Outcome,
  RecordedCheckpoint,
  SavedSnapshot,
} from '@skein/model';
import { callsIn } from './foresee.ts';
import type { RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { isPresent } from './present.ts';
import { checkPlain } from './plain.ts';
import type { Progress } from './progress.ts';
import { whatOthersWrote, whyUntraced } from './untraced.ts';

/*
 * What one attempt has on record of its action's progress: from earlier attempts in this run, and
 * from the same call in earlier runs (R4, R5).
 * D1  Nothing is acknowledged before its row is appended.
 * D2  Later attempts and runs know nothing of what this run saw beside it: why it may leave no
 *     trace is written into the record.
 * D3  What cannot be read any more was never recorded (P4): the checkpoint runs again.
 */
export class DurableRecord {
  readonly #frame: RunFrame;
  readonly #node: LiveAction;
  /** Of the same call in earlier runs. */
  #earlier: Map<string, RecordedCheckpoint[]> | undefined;

  constructor(frame: RunFrame, node: LiveAction) {
    this.#frame = frame;
    this.#node = node;
  }

  /**
   * An answer never taints (R3), whatever made the rest of that action: the code that made it is
   * today's, and what it observed then goes into today's trace, which holds only where that does.
   */
  async checkpoint(call: CheckpointCall): Promise<CheckpointAnswer | null> {
    this.#takeOver();
    const code = this.#codeOf(call);
    const identity = identityOf(call);
    const own = this.#node.progress?.checkpoints.get(identity);
    for (const { outcome, observed } of own?.toReversed() ?? []) {
      if (await this.#isThere(outcome)) return { outcome, observed };
    }
    for (const record of this.#adoptable().get(identity)?.toReversed() ?? []) {
      const { code: made, outcome, observed } = record;
      if (made !== code || !(await this.#isWanted(observed))) continue;
      if (await this.#isThere(outcome)) return { outcome, observed };
    }
    return null;
  }

  checkpointed({ durationMs, ...ended }: EndedCheckpoint): Promise<void> {
    const code = this.#codeOf(ended);
    if (code === undefined) return Promise.resolve();
    const { observed } = ended;
    const why = observed.untraceable ?? whatOthersWrote(this.#frame, this.#node, observed);
    const record: RecordedCheckpoint = { ...ended, code, observed: untraced(observed, why) };
    insert(this.#progress.checkpoints, record);
    this.#knowFiles(record.outcome);
    const at = this.#frame.clock.now();
    const { number: action, attempt } = this.#node;
    return this.#emit({ kind: 'checkpoint-recorded', at, action, attempt, record, durationMs });
  }

  async snapshot(): Promise<SavedSnapshot | null> {
    this.#takeOver();
    const own = this.#node.progress?.snapshot.whole();
    if (own !== undefined && (await this.#isThere(own.value))) return this.#load(own);
    for (const { state, madeOtherwise } of this.#node.earlier) {
      const { snapshot } = state;
      if (snapshot === undefined || !(await this.#isThere(snapshot.value))) continue;
      if ((await madeOtherwise()) !== undefined) {
        if (this.#executesEdited) continue;
        this.#node.tainted = true;
      }
      return this.#load(snapshot);
    }
    return null;
  }

  snapshotSaved(saved: SavedSnapshot): Promise<void> {
    const { value, observed } = saved;
    const ended = { ...observed, untraceable: observed.untraceable, outcome: value };
    const why = whyUntraced(this.#frame, this.#node, { ...ended, attempts: 0, durationMs: 0 });
    const snapshot = { ...saved, observed: untraced(observed, why) };
    this.#progress.snapshot.add(snapshot);
    this.#knowFiles(value);
    const at = this.#frame.clock.now();
    const { number: action, attempt } = this.#node;
    return this.#emit({ kind: 'snapshot-saved', at, action, attempt, snapshot });
  }

  /**
   * The calls that led to it count as made: one that follows is the next of its kind, and answered
   * by what the next one came to then (R6).
   */
  #load(snapshot: SavedSnapshot): SavedSnapshot {
    const counts = new Map<string, number>();
    for (const call of snapshot.observed.waves.flat().flatMap(callsIn)) {
      const { task, override, inputs } = call;
      const named = this.#frame.tasks.naming(task, override);
      if (!named.ok) continue;
      let { identity } = named.value;
      for (const input of inputs) identity += `|${input}`;
      counts.set(identity, (counts.get(identity) ?? 0) + 1);
    }
    for (const [identity, count] of counts) this.#node.countFrom(identity, count);
    // None of those calls was made by this attempt, so nothing of it is verified.
    if (counts.size > 0) this.#node.volatile = true;
    return snapshot;
  }

  /**
   * A call that its caller makes again is an action of its own, and goes on from what the one
   * before it recorded: a run that is resumed finds all of that with the last of them.
   */
  #takeOver(): void {
    const { progress, number: action, attempt } = this.#node;
    if (progress === undefined || progress.owner === action) return;
    progress.owner = action;
    const at = this.#frame.clock.now();
    for (const record of [...progress.checkpoints.values()].flat()) {
      const durationMs = 0;
      this.#frame.emit({ kind: 'checkpoint-recorded', at, action, attempt, record, durationMs });
    }
    const snapshot = progress.snapshot.whole();
    if (snapshot === undefined) return;
    this.#frame.emit({ kind: 'snapshot-saved', at, action, attempt, snapshot });
  }

  get #progress(): Progress {
    const owner = this.#node.number;
    this.#node.progress ??= { owner, checkpoints: new Map(), snapshot: new SnapshotFold() };
    return this.#node.progress;
  }

  #adoptable(): Map<string, RecordedCheckpoint[]> {
    if (this.#earlier === undefined) {
      this.#earlier = new Map();
      for (const { state } of this.#node.earlier.toReversed()) {
        for (const record of state.checkpoints) insert(this.#earlier, record);
      }
    }
    return this.#earlier;
  }

  get #executesEdited(): boolean {
    return this.#frame.earlier?.edited === 'execute';
  }

  /** R2: what other data made may be wanted anew. */
  async #isWanted({ waves }: Observed): Promise<boolean> {
    if (!this.#executesEdited) return true;
    return (await checkPlain(this.#frame, waves.flat())).changed === undefined;
  }

  #codeOf({ checkpoint }: CheckpointCall): Digest | undefined {
    return this.#frame.tasks.checkpointCode(checkpoint);
  }

  /** Whoever is handed a file of it has to find its bytes. */
  async #isThere(outcome: Outcome): Promise<boolean> {
    if (!(await isPresent(this.#frame, outcome))) return false;
    this.#knowFiles(outcome);
    return true;
  }

  #knowFiles(outcome: Outcome): void {
    if (outcome.kind === 'error') return;
    const { artifact, files } = outcome;
    if (artifact === undefined || files === undefined) return;
    this.#frame.traces.rememberFiles(artifact, files);
  }

  #emit(event: Parameters<RunFrame['emit']>[0]): Promise<void> {
    return new Promise((resolve) => this.#frame.emit(event, resolve));
  }
}

function untraced(observed: Observed, why: string | undefined): Observed {
  return why === undefined ? observed : { ...observed, untraceable: why };
}

function insert(into: Map<string, RecordedCheckpoint[]>, record: RecordedCheckpoint): void {
  const identity = identityOf(record);
  const records = into.get(identity);
  if (records === undefined) into.set(identity, [record]);
  else records.push(record);
}

function identityOf({ checkpoint, args, count }: CheckpointCall): string {
  return `${checkpoint} ${args} ${count}`;
}
