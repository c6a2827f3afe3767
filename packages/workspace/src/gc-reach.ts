import { DecodingError, digestHex, referencesIn, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { decodeSummary } from '@skein/model';
import type {
  ActionKey,
  ActionNumber,
  LogPrefix,
  Observation,
  Observed,
  Outcome,
  RecordedInput,
  ResultOutcome,
  RunEvent,
  RunStarted,
  Trace,
} from '@skein/model';
import { farInputsName } from '@skein/store';

/**
 * What records name, by the names of what keeps it. Filled from every record that stays, then
 * asked about every piece of content.
 */
export class Reach {
  /** Keys of actions: of their traces, summaries and notes. */
  readonly keys = new Set<ActionKey>();
  /** Inputs, arguments of recorded calls: kept values, or blobs where they are large. */
  readonly values = new Set<Digest>();
  /** What others told of the inputs of their traces. */
  readonly told = new Set<Digest>();
  /** Last chunks of logs; each names the one before it. */
  readonly logs = new Set<Digest>();
  readonly artifacts = new Set<Digest>();
  /** Loose files, and materialised folders, by the digits of their digests. */
  readonly files = new Set<string>();
  readonly folders = new Set<string>();
  readonly starts: RunStarted[] = [];
  /** Paths whose content was observed. */
  readonly paths = new Set<string>();
  /** Outcomes by task, as calls were recorded: which traces a check may ask for next. */
  readonly calls = new Set<string>();
  /** The last save of each action, in its present attempt. */
  readonly #saves = new Map<ActionNumber, ResultOutcome>();
  readonly #seen = new Set<Digest>();

  event(event: RunEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.starts.push(event);
        return;
      case 'action-started':
        this.#action(event);
        return;
      case 'action-finished':
        this.#action(event);
        this.outcome(event.outcome);
        this.waves(event.waves);
        this.log(event.log);
        return;
      case 'checkpoint-recorded':
        this.outcome(event.record.outcome);
        this.#observed(event.record.observed);
        return;
      case 'snapshot-saved':
        this.#saves.set(event.action, event.snapshot.value);
        this.#observed(event.snapshot.observed);
        return;
      case 'attempt-started':
        this.#keepSave(event.action);
        return;
      case 'process-logged':
        this.logs.add(event.chunk.digest);
        return;
      case 'attempt-failed':
        this.outcome(event.outcome);
        return;
      case 'run-finished':
        if (event.outcome !== undefined) this.outcome(event.outcome);
        return;
      default:
    }
  }

  /**
   * All events of a run are told. Of the saves of an action nobody asks for any but the last, and
   * those that attempts began with (R5): a training would keep a model for every epoch.
   */
  endRun(): void {
    for (const action of this.#saves.keys()) this.#keepSave(action);
  }

  trace(trace: Trace): void {
    const { key, task, outcome, waves, log, origin } = trace;
    if (origin !== undefined) this.told.add(farInputsName(trace));
    this.keys.add(key);
    this.calls.add(callName(task, outcome.digest));
    this.outcome(outcome);
    this.waves(waves);
    this.log(log);
  }

  summary(body: Uint8Array): void {
    const summary = decodeSummary(body);
    if (summary === undefined) return;
    this.outcome(summary.outcome);
    this.observations(summary.observations);
  }

  waves(waves: readonly (readonly Observation[])[]): void {
    for (const wave of waves) this.observations(wave);
  }

  observations(observations: readonly Observation[]): void {
    for (const one of observations) this.#observation(one);
  }

  log(prefix: LogPrefix | null): void {
    if (prefix !== null) this.logs.add(prefix.digest);
  }

  outcome(outcome: Outcome): void {
    if (outcome.kind === 'error') this.bytes(outcome.digest, outcome.bytes);
    else this.#result(outcome);
  }

  /** Packed digests of inputs. */
  inputs(packed: Uint8Array): void {
    for (const input of digestsOf(packed)) this.values.add(input);
  }

  /** The files and folders that an encoded value names; each value is read once. */
  bytes(digest: Digest, bytes: Uint8Array): void {
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    for (const reference of referencesOf(bytes)) {
      if (reference.kind === 'file') this.files.add(digestHex(reference.digest));
      if (reference.kind !== 'dir') continue;
      this.folders.add(digestHex(reference.digest));
      for (const entry of reference.entries) this.files.add(digestHex(entry.digest));
    }
  }

  #keepSave(action: ActionNumber): void {
    const value = this.#saves.get(action);
    if (value !== undefined) this.outcome(value);
    this.#saves.delete(action);
  }

  #action(event: {
    readonly key: ActionKey | null;
    readonly inputs: readonly RecordedInput[];
  }): void {
    if (event.key !== null) this.keys.add(event.key);
    for (const { digest, bytes } of event.inputs) {
      this.values.add(digest);
      if (bytes !== undefined) this.bytes(digest, bytes);
    }
  }

  #observed({ waves, log }: Observed): void {
    this.waves(waves);
    this.log(log);
  }

  #result({ digest, value, artifact, files }: ResultOutcome): void {
    if (value.at === 'artifact') this.artifacts.add(value.artifact);
    else this.bytes(digest, value.bytes);
    if (artifact !== undefined) this.artifacts.add(artifact);
    for (const file of files === undefined ? [] : digestsOf(files)) {
      this.files.add(digestHex(file));
    }
  }

  #observation(one: Observation): void {
    if (one.kind === 'file') this.paths.add(one.path);
    if (one.kind === 'call') {
      for (const input of one.inputs) this.values.add(input);
      this.calls.add(callName(one.task, one.outcome));
    }
    if (one.kind !== 'map') return;
    this.inputs(one.inputs);
    for (const outcome of digestsOf(one.outcomes)) this.calls.add(callName(one.task, outcome));
  }
}

/** A call of this task that came to this. */
export function callName(task: string, outcome: Digest): string {
  return `${task} ${outcome}`;
}

/** What cannot be read names nothing that could be. */
function referencesOf(bytes: Uint8Array): ReturnType<typeof referencesIn> {
  try {
    return referencesIn(bytes);
  } catch (error) {
    if (error instanceof DecodingError) return [];
    throw error;
  }
}

function digestsOf(packed: Uint8Array): readonly Digest[] {
  try {
    return unpackDigests(packed);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
