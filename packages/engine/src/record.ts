import type { Digest } from '@skein/values';
import type {
  ActionKey,
  ActionNumber,
  Impurity,
  Outcome,
  Reason,
  RecordedInput,
  Trace,
  Verdict,
  Wave,
} from '@skein/model';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { LARGE_INPUT_BYTES, keepLargeInput } from './spec.ts';

/** A call that was answered without running anything becomes an action of the tree. */
export function listReused(
  frame: RunFrame,
  action: {
    readonly caller: LiveAction;
    readonly spec: CallSpec;
    readonly number: ActionNumber;
    readonly key: ActionKey;
    readonly outcome: Outcome;
    readonly reason: Reason;
  },
): void {
  frame.emit({
    kind: 'action-finished',
    at: frame.clock.now(),
    action: action.number,
    parent: action.caller.number,
    task: action.spec.task.id,
    key: action.key,
    inputs: action.spec.inputs.map((digest) => ({ digest })),
    verdict: { kind: 'reuse', reason: action.reason },
    outcome: action.outcome,
    attempts: 0,
    durationMs: 0,
    waves: [],
    impurities: [],
    traced: false,
    groups: action.spec.groups,
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
      recorded.push({ digest, bytes });
    } else {
      await keepLargeInput(frame, { digest, bytes });
      recorded.push({ digest });
    }
  }
  return recorded;
}

/** How the attempts of an action ended, taken together. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly waves: readonly Wave[];
  readonly impurities: readonly Impurity[];
  readonly untraceable: string | undefined;
  readonly attempts: number;
  readonly durationMs: number;
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
  const { key, outcome, waves, durationMs } = execution;
  const untraced = key === null ? undefined : untracedReason(node, execution);
  const traced = key !== null && untraced === undefined;
  const at = frame.clock.now();
  return new Promise((resolve) => {
    const acknowledged = (): void => {
      if (traced) {
        const action = node.number;
        remember(frame, node, {
          key,
          task: node.task,
          waves,
          log: null,
          outcome,
          run: frame.run,
          action,
          at,
          durationMs,
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
        impurities: execution.impurities,
        ...(untraced === undefined ? {} : { untraced }),
        traced,
        groups: node.groups,
      },
      acknowledged,
    );
  });
}

function remember(frame: RunFrame, node: LiveAction, trace: Trace): void {
  frame.traces.remember(trace);
  if (trace.outcome.kind === 'result' && !node.volatile) {
    frame.known.set(trace.key, trace.outcome);
  }
}

/** T4: which executions leave no trace, in a sentence. */
function untracedReason(node: LiveAction, execution: Execution): string | undefined {
  if (execution.untraceable !== undefined) return execution.untraceable;
  if (node.metSystemFault) {
    return 'one of its calls ended by a timeout, a cancellation, a lost worker or lack of memory';
  }
  const { outcome, impurities } = execution;
  if (outcome.kind === 'result') return undefined;
  if (outcome.fault !== 'author') return `it ended by a fault of kind '${outcome.fault}'`;
  const [impurity] = impurities;
  return impurity === undefined ? undefined : `it failed after ${impurity.what}`;
}
