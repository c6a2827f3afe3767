import type { LossCause } from '@skein/executors';
import { imageOf, reach } from '@skein/model';
import type { ActionKey, ErrorOutcome, Outcome, Verdict } from '@skein/model';
import { type Attempted, attemptOnce } from './attempt.ts';
import type { Bound } from './bounds.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';
import { cancelledOutcome, errorOutcome } from './outcome.ts';
import type { Conclusion } from './conclusion.ts';
import { refusedAsImpure, withKnown } from './impure.ts';
import { recordExecution, recordInputs } from './record.ts';
import type { PreparedTask } from './prepare.ts';
import type { SettledCall } from './settled-call.ts';

/** System faults are repeated this often for one action, the later times alone (R6). */
const SYSTEM_REPEATS = 3;

interface Action {
  readonly spec: CallSpec;
  readonly key: ActionKey | null;
  readonly verdict: Verdict;
}

/** Runs an action to its outcome and records it; never throws the author's errors. */
export function executeAction(
  frame: RunFrame,
  node: LiveAction,
  action: Action,
): Promise<SettledCall> {
  return frame.presence.during(() => execute(frame, node, action));
}

async function execute(frame: RunFrame, node: LiveAction, action: Action): Promise<SettledCall> {
  const { spec, key, verdict } = action;
  const args = await spec.args();
  if (args === undefined) return { how: 'impossible' };
  const inputs = await recordInputs(frame, spec.inputs, args);
  if (node.cancelled || frame.isCancelled()) return neverStarted();
  const image = imageOf(spec.task.base.platform);
  frame.emit({
    kind: 'action-started',
    at: frame.clock.now(),
    action: node.number,
    parent: node.parent?.number ?? 0,
    task: node.task,
    key,
    inputs,
    verdict,
    groups: node.groups,
    ...(spec.override === undefined ? {} : { override: spec.override }),
    ...(node.count === 0 ? {} : { count: node.count }),
    ...(image === undefined ? {} : { image }),
  });
  reach('action-begun');
  warnUnhonoured(frame, spec);
  const conclusion = await conclude(frame, node, { spec, args });
  node.abandonUnclaimed();
  const impurities = withKnown(conclusion.impurities, spec.task, frame.behaviours.get(node.task));
  await recordExecution(frame, node, { spec, key, verdict, ...conclusion, impurities });
  const { outcome } = conclusion;
  const thrower = node.throwers.get(outcome.digest) ?? node.number;
  node.forget();
  if (outcome.kind === 'result') node.progress = undefined;
  const { volatile, tainted } = node;
  return { how: 'executed', outcome, action: node.number, thrower, volatile, tainted };
}

/** Cancelled before it began: no action of the run. */
function neverStarted(): SettledCall {
  const outcome = cancelledOutcome();
  return { how: 'executed', outcome, action: 0, thrower: 0, volatile: false, tainted: false };
}

/** A setting that the executor cannot honour is said aloud, once for each task. */
function warnUnhonoured(frame: RunFrame, { task }: CallSpec): void {
  const executor = frame.executorFor(task.options);
  for (const setting of executor.cannotHonour(task.options)) {
    // What it asks for may be an image, which is told of below.
    if (setting === 'isolation') continue;
    frame.warn({
      code: 'option-not-honoured',
      kind: 'warning',
      headline: `"${setting}" has no effect here`,
      facts: [
        ['task', task.id],
        ['executor', executor.name],
      ],
      hint:
        executor.name === 'inline'
          ? 'run it by the pool, or remove the option'
          : 'remove the option',
    });
  }
  warnUncontained(frame, task, executor.name);
}

/** It asks for a container, by an image or without one of its own, and runs on this machine. */
function warnUncontained(
  frame: RunFrame,
  { id, base, options }: PreparedTask,
  where: string,
): void {
  const { image } = base.platform;
  const { isolation } = options;
  if (image?.applied === true || (image === undefined && isolation !== 'container')) return;
  const because = ['because', `of --executor ${where}`] as const;
  if (image === undefined) {
    frame.warn({
      code: 'option-not-honoured',
      kind: 'warning',
      headline: 'the task says isolation: "container", but runs on this machine',
      facts: [['task', id], because],
      hint: `leave out --executor ${where}, or the option`,
    });
    return;
  }
  const isOwn = isolation === 'process' || isolation === 'inline';
  frame.warn({
    code: 'image-not-applied',
    kind: 'warning',
    headline: 'the image counts in the key, but the task runs on this machine',
    facts: [
      ['task', id],
      ['image', image.name === undefined ? image.digest : `${image.name} ${image.digest}`],
      isOwn ? ['because', `its isolation is "${isolation}"`] : because,
    ],
  });
}

interface Call {
  readonly spec: CallSpec;
  readonly args: readonly (Uint8Array | null)[];
}

/** Attempts until the outcome stands (R6, X4). */
async function conclude(frame: RunFrame, node: LiveAction, call: Call): Promise<Conclusion> {
  const { options } = call.spec.task;
  const impure = refusedAsImpure(call.spec.task, frame.behaviours.get(node.task));
  if (impure !== undefined) return failed(impure, 0);
  const capacity = frame.admission.check(options.resources);
  if (!capacity.ok) return failed(exceedsCapacity(capacity.failure.headline, options), 0);
  const began = frame.clock.elapsed();
  const { deadlineMs } = options.timeout;
  const remaining = (): number | undefined =>
    deadlineMs === undefined ? undefined : deadlineMs - (frame.clock.elapsed() - began);
  let systemFaults = 0;
  let retries = 0;
  let isSystemFault = false;
  let refusal: string | undefined;
  /** Why there was another attempt: a deadline alone would not tell what is wrong. */
  let before: ErrorOutcome | undefined;
  for (let attempt = 1; ; attempt += 1) {
    if (node.cancelled || frame.isCancelled()) return failed(cancelledOutcome(), attempt - 1);
    node.beginAttempt(attempt, isSystemFault);
    const alone = systemFaults > 1;
    const tried = await attemptOnce(frame, node, {
      ...call,
      attempt,
      alone,
      remainingMs: remaining(),
    });
    const conclusion = conclusionOf(tried, { ...call, attempts: attempt, before });
    isSystemFault = tried.kind === 'lost' && !isLimit(tried.cause);
    if (isSystemFault) systemFaults += 1;
    const refused = refusalOf(call.spec, tried);
    const again = isSystemFault
      ? systemFaults <= SYSTEM_REPEATS && (refused === undefined || refused !== refusal)
      : isRetried(tried, conclusion.outcome) && retries < options.retries.count;
    if (conclusion.outcome.kind === 'result' || !again || node.cancelled) return conclusion;
    const retryInMs = isSystemFault ? 0 : backoffMs(call.spec, retries);
    if (!isSystemFault) retries += 1;
    before = conclusion.outcome;
    refusal = refused;
    const restMs = remaining() ?? Infinity;
    const isInTime = retryInMs < restMs;
    frame.emit({
      kind: 'attempt-failed',
      at: frame.clock.now(),
      action: node.number,
      attempt,
      outcome: conclusion.outcome,
      ...(isInTime && { retryInMs }),
    });
    await pause(node, isInTime ? retryInMs : restMs);
    if (isInTime || node.cancelled || frame.isCancelled()) continue;
    return failed(timedOut(call.spec, 'deadline', before), attempt);
  }
}

interface Ended {
  readonly spec: CallSpec;
  readonly attempts: number;
  readonly before: ErrorOutcome | undefined;
}

function conclusionOf(tried: Attempted, { spec, attempts, before }: Ended): Conclusion {
  switch (tried.kind) {
    case 'ended':
      return {
        outcome: tried.outcome,
        waves: tried.waves,
        log: tried.log,
        impurities: tried.impurities,
        untraceable: tried.untraceable,
        attempts,
        durationMs: tried.durationMs,
      };
    case 'timed-out':
      return failed(timedOut(spec, tried.bound, before), attempts);
    case 'cancelled':
      return failed(cancelledOutcome(), attempts);
    case 'lost':
      return failed(lostOutcome(spec, tried), attempts);
  }
}

function failed(outcome: ErrorOutcome, attempts: number): Conclusion {
  const untraceable = undefined;
  return { outcome, waves: [], log: null, impurities: [], untraceable, attempts, durationMs: 0 };
}

/** The author's failures are retried but those that say they will not get better (R6). */
function isRetried(tried: Attempted, outcome: Outcome): boolean {
  if (tried.kind === 'timed-out') return tried.bound !== 'deadline';
  if (tried.kind === 'lost') return isLimit(tried.cause);
  if (outcome.kind === 'result' || outcome.unrecoverable === true) return false;
  return outcome.fault === 'author';
}

function backoffMs(spec: CallSpec, retries: number): number {
  const { baseMs, factor, capMs } = spec.task.options.retries.backoff;
  return Math.min(capMs, baseMs * factor ** retries);
}

/** Waits, unless the action is cancelled meanwhile. */
function pause(node: LiveAction, ms: number): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    node.stop = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function timedOut(spec: CallSpec, bound: Bound, before: ErrorOutcome | undefined): ErrorOutcome {
  const { timeout } = spec.task.options;
  const limits = { run: timeout.runMs, queued: timeout.queuedMs, deadline: timeout.deadlineMs };
  const limitMs = limits[bound] ?? 0;
  return errorOutcome({
    class: 'TimeoutError',
    message: `${spec.task.id} passed its ${bound} bound of ${limitMs} ms`,
    fields: { bound, limitMs },
    fault: 'timeout',
    cause: bound === 'deadline' ? before : undefined,
  });
}

function exceedsCapacity(
  headline: string,
  { resources }: { readonly resources: object },
): ErrorOutcome {
  return errorOutcome({
    class: 'SkeinError',
    message: `exceeds-capacity: ${headline}`,
    fields: { code: 'exceeds-capacity', resources },
    fault: 'capacity',
  });
}

/**
 * Why nothing starts in its image, in the engine's words: what it says twice it says again, of an
 * image that cannot be had for one.
 */
function refusalOf({ task }: CallSpec, tried: Attempted): string | undefined {
  const isRefused = tried.kind === 'lost' && tried.cause === 'start' && task.image !== undefined;
  return isRefused ? tried.message : undefined;
}

/** A limit that the author set: passing it is no fault of the system. */
function isLimit(cause: LossCause): cause is 'memory' | 'disk' {
  return cause === 'memory' || cause === 'disk';
}

function lostOutcome(spec: CallSpec, lost: Extract<Attempted, { kind: 'lost' }>): ErrorOutcome {
  const { message, cause } = lost;
  const { memoryBytes, diskBytes } = spec.task.options.resources;
  if (!isLimit(cause)) {
    const { image } = spec.task;
    const where = image !== undefined && cause === 'start' ? { image: image.name } : undefined;
    return errorOutcome({
      class: 'WorkerLostError',
      message: where === undefined ? message : `${message}\nimage: ${where.image}`,
      fields: { cause, ...where },
      fault: 'lost',
    });
  }
  const [name, limitBytes] =
    cause === 'memory' ? ['OutOfMemoryError', memoryBytes] : ['OutOfDiskError', diskBytes];
  const fields = limitBytes === undefined ? {} : { limitBytes };
  return errorOutcome({ class: name, message, fields, fault: cause });
}
