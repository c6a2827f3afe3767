import type { Digest } from '@skein/values';
import type { ActionKey, ActionNumber, Outcome, RecordedInput, Trace, Verdict } from '@skein/model';
import { FailureError } from '@skein/model';
import type { Conclusion } from './conclusion.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { LARGE_INPUT_BYTES, keepLargeInput } from './spec.ts';
import { READ_ONLY, whyUntraced } from './untraced.ts';

/** A call that was answered without running anything becomes an action of the tree. */
export function listAnswered(
  frame: RunFrame,
  action: {
    readonly caller: LiveAction;
    readonly spec: CallSpec;
    readonly count: number;
    readonly number: ActionNumber;
    readonly key: ActionKey | null;
    readonly outcome: Outcome;
    readonly verdict: Verdict;
  },
): void {
  const { override } = action.spec;
  frame.emit({
    kind: 'action-finished',
    at: frame.clock.now(),
    action: action.number,
    parent: action.caller.number,
    task: action.spec.task.id,
    key: action.key,
    inputs: action.spec.inputs.map((digest) => ({ digest })),
    verdict: action.verdict,
    outcome: action.outcome,
    attempts: 0,
    durationMs: 0,
    waves: [],
    log: null,
    impurities: [],
    traced: false,
    groups: action.spec.groups,
    ...(override === undefined ? {} : { override }),
    ...(action.count === 0 ? {} : { count: action.count }),
  });
}

/** What executed beneath an action that a check merely looked at belongs to who asked. */
export function passOn(frame: RunFrame, node: LiveAction): void {
  if (!node.isNumbered || node.parent === null) return;
  const { number, parent } = node;
  frame.emit({
    kind: 'action-passed',
    at: frame.clock.now(),
    action: number,
    parent: parent.number,
  });
}

/** Inputs as the row holds them: small ones with their bytes, large ones kept as blobs (T5). */
export async function recordInputs(
  frame: RunFrame,
  inputs: readonly Digest[],
  args: readonly (Uint8Array | null)[],
): Promise<readonly RecordedInput[]> {
  const recorded: RecordedInput[] = [];
  for (const [index, digest] of inputs.entries()) {
    const bytes = args[index] ?? null;
    if (bytes === null) {
      recorded.push({ digest });
    } else if (bytes.byteLength <= LARGE_INPUT_BYTES) {
      frame.recent.add(digest, bytes);
      recorded.push({ digest, bytes });
    } else {
      await keepOrTell(frame, { digest, bytes });
      recorded.push({ digest });
    }
  }
  return recorded;
}

/** Without its bytes a later check cannot make the call (T5): that costs time, and no result. */
async function keepOrTell(
  frame: RunFrame,
  input: { readonly digest: Digest; readonly bytes: Uint8Array },
): Promise<void> {
  try {
    await keepLargeInput(frame, input);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    frame.warn({ ...error.failure, kind: 'warning' });
  }
}

/** Everything that is known of an execution when it ends. */
export interface Execution extends Conclusion {
  readonly spec: CallSpec;
  readonly key: ActionKey | null;
  readonly verdict: Verdict;
}

/** Appends the row, and resolves when it is appended: only then may anyone hear of it (D1). */
export function recordExecution(
  frame: RunFrame,
  node: LiveAction,
  execution: Execution,
): Promise<void> {
  const { key, outcome, waves, log, impurities, durationMs } = execution;
  const { override } = execution.spec;
  const why = key === null ? undefined : whyUntraced(frame, node, execution);
  const isFit = key !== null && why === undefined;
  // What left no trace cannot be taken for verified: whoever asks again has it executed again.
  if (why !== undefined) node.volatile = true;
  const traced = isFit && !frame.readOnly;
  const untraced = why ?? (isFit && frame.readOnly ? READ_ONLY : undefined);
  const at = frame.clock.now();
  return new Promise((resolve) => {
    const acknowledged = (): void => {
      if (isFit) {
        const action = node.number;
        remember(frame, node, {
          spec: execution.spec,
          trace: {
            key,
            task: node.task,
            waves,
            log,
            outcome,
            impurities,
            run: frame.run,
            action,
            at,
            durationMs,
          },
        });
      }
      resolve();
    };
    frame.emit(
      {
        kind: 'action-finished',
        at,
        action: node.number,
        parent: node.parent?.number ?? 0,
        task: node.task,
        key,
        inputs: execution.spec.inputs.map((digest) => ({ digest })),
        verdict: execution.verdict,
        outcome,
        attempts: execution.attempts,
        durationMs,
        waves,
        log,
        impurities,
        ...(untraced === undefined ? {} : { untraced }),
        traced,
        groups: node.groups,
        ...(override === undefined ? {} : { override }),
        ...(node.count === 0 ? {} : { count: node.count }),
      },
      acknowledged,
    );
  });
}

/** Within the run what executed is known, also where it leaves nothing behind. */
function remember(
  frame: RunFrame,
  node: LiveAction,
  { spec, trace }: { readonly spec: CallSpec; readonly trace: Trace },
): void {
  for (const seen of trace.waves.flat()) {
    if (seen.kind !== 'call' && seen.kind !== 'map') frame.writes.see(seen);
  }
  if (!frame.readOnly) {
    frame.traces.remember(trace);
    frame.far?.offer(trace);
    frame.logs.learn();
    frame.deep.note(spec.task, spec.override, trace);
  }
  const { key, outcome, at, impurities } = trace;
  if (outcome.kind === 'result' && !node.volatile) {
    frame.known.set(key, { outcome, at, impurities });
  }
}
