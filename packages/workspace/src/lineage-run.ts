import { recallInputs } from '@skein/engine';
import type { ActionState, LargeValue, RunIndex } from '@skein/journal';
import type { ActionNumber, TaskDefinition, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import { readDefinitions } from './code-record.ts';
import type { Opened } from './opened.ts';
import { resultBytes } from './read-back.ts';

/** Equality of anything smaller says nothing: numbers and short texts are never linked. */
export const LEAST_BYTES = 16;

/** What is asked of one action's record. */
type Recorded = Pick<ActionState, 'inputs' | 'outcome' | 'key' | 'verdict' | 'finishedAt'>;

/** So many actions are read at once: what is read of each is kept. */
const BATCH = 1_024;

/** One run as lineage reads it: what it needs of each action is read once. */
export class LineageRun {
  readonly index: RunIndex;
  readonly #opened: Opened;
  readonly #recorded = new Map<ActionNumber, Recorded>();
  #inputs: ReadonlyMap<ActionNumber, ReadonlyMap<number, Digest>> | undefined;
  #results: ReadonlyMap<ActionNumber, Digest> | undefined;
  #tasks: ReadonlyMap<TaskId, TaskDefinition> | undefined;

  constructor(opened: Opened, index: RunIndex) {
    this.index = index;
    this.#opened = opened;
  }

  /** Inputs that can be known again, by action and place. */
  get largeInputs(): ReadonlyMap<ActionNumber, ReadonlyMap<number, Digest>> {
    if (this.#inputs !== undefined) return this.#inputs;
    const inputs = new Map<ActionNumber, Map<number, Digest>>();
    for (const { action, place, digest } of this.#large('input')) {
      const known = inputs.get(action);
      if (known === undefined) inputs.set(action, new Map([[place, digest]]));
      else known.set(place, digest);
    }
    this.#inputs = inputs;
    return inputs;
  }

  /** Results that can be known again. */
  get largeResults(): ReadonlyMap<ActionNumber, Digest> {
    this.#results ??= new Map(
      this.#large('outcome').map(({ action, digest }) => [action, digest] as const),
    );
    return this.#results;
  }

  /** Reads what several actions are about to be asked for. */
  load(actions: readonly ActionNumber[]): void {
    const wanted = actions.filter((action) => !this.#recorded.has(action));
    for (let at = 0; at < wanted.length; at += BATCH) {
      for (const [action, state] of this.index.details(wanted.slice(at, at + BATCH))) {
        const { inputs, outcome, key, verdict, finishedAt } = state;
        this.#recorded.set(action, {
          inputs,
          key,
          verdict,
          ...(outcome === undefined ? {} : { outcome }),
          ...(finishedAt === undefined ? {} : { finishedAt }),
        });
      }
    }
  }

  recorded(action: ActionNumber): Recorded | undefined {
    if (!this.#recorded.has(action)) this.load([action]);
    return this.#recorded.get(action);
  }

  /** `undefined`: it was omitted, or is gone. */
  async input(action: ActionNumber, place: number): Promise<Uint8Array | undefined> {
    const input = this.recorded(action)?.inputs[place];
    if (input?.bytes !== undefined || input === undefined) return input?.bytes;
    const recalled = await recallInputs(this.#opened.state, [input.digest]);
    return recalled?.[0] ?? undefined;
  }

  /** `undefined`: it failed, or has not ended, or its bytes are gone. */
  async result(action: ActionNumber): Promise<Uint8Array | undefined> {
    const outcome = this.recorded(action)?.outcome;
    if (outcome?.kind !== 'result') return undefined;
    return await resultBytes(this.#opened, outcome);
  }

  /** Where a task is declared: `src/parse.ts:20`. */
  placeOf(task: TaskId): string | undefined {
    const found = this.#definitions().get(task);
    return found === undefined ? undefined : `${found.module}:${found.line}`;
  }

  /** What the inputs of a task are called, as far as that is on record. */
  parametersOf(task: TaskId): readonly string[] {
    return this.#definitions().get(task)?.parameters ?? [];
  }

  /** What one input of an action is called. */
  parameterOf(action: ActionNumber, place: number): string {
    const task = this.index.at(action)?.task;
    const name = task === undefined ? undefined : this.parametersOf(task)[place];
    return name ?? `arg${place}`;
  }

  #large(role: 'input' | 'outcome'): readonly LargeValue[] {
    return this.index.largeValues({ role, least: LEAST_BYTES });
  }

  #definitions(): ReadonlyMap<TaskId, TaskDefinition> {
    if (this.#tasks !== undefined) return this.#tasks;
    const kept = readDefinitions(this.#opened.state.traces, this.index.started);
    this.#tasks = new Map((kept?.tasks ?? []).map((task) => [task.id, task]));
    return this.#tasks;
  }
}
