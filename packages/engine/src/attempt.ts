import type { AttemptResult, BundleLocation } from '@skein/executors';
import { FailureError, reach } from '@skein/model';
import { ActionHost } from './action-host.ts';
import type { Grant } from './admit.ts';
import { Bounds, type Bound } from './bounds.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';

/** One try at one action, and how it ended. */
export type Attempted =
  | Exclude<AttemptResult, { kind: 'stopped' }>
  | { readonly kind: 'timed-out'; readonly bound: Bound }
  | { readonly kind: 'cancelled' };

export interface Try {
  readonly spec: CallSpec;
  readonly args: readonly (Uint8Array | null)[];
  readonly attempt: number;
  readonly alone: boolean;
  /** What is left of the deadline over all attempts, milliseconds. */
  readonly remainingMs: number | undefined;
}

/** Admits the action, runs it once on its executor, and holds it to its bounds. */
export async function attemptOnce(frame: RunFrame, node: LiveAction, one: Try): Promise<Attempted> {
  let interrupt = (): void => undefined;
  const interrupted = new Promise<undefined>((resolve) => {
    interrupt = () => resolve(undefined);
  });
  let stop: (reason: 'timeout' | 'cancelled') => void = () => interrupt();
  const bounds = new Bounds(one.spec.task.options.timeout, one.remainingMs, () => stop('timeout'));
  node.stop = (reason) => stop(reason);
  try {
    const grant = await admit(frame, one, interrupted);
    if (grant === undefined) return interruption(bounds);
    const host = new ActionHost({
      frame,
      node,
      grant,
      onStarted: (worker) => {
        bounds.started();
        const at = frame.clock.now();
        const { attempt } = one;
        frame.emit({ kind: 'attempt-started', at, action: node.number, attempt, worker });
      },
    });
    let ending: 'ended' | 'lost' = 'ended';
    try {
      const bundle = await bundleFor(frame);
      if ('kind' in bundle) return bundle;
      if (node.cancelled || bounds.passed !== undefined) return interruption(bounds);
      const { image } = one.spec.task;
      const handle = frame.executorFor(one.spec.task.options).execute(
        {
          run: frame.run,
          action: node.number,
          attempt: one.attempt,
          parent: node.parent?.number ?? 0,
          task: node.task,
          bundle,
          args: one.args,
          options: one.spec.task.options,
          alone: one.alone,
          retains: retains(frame, node),
          ...(image === undefined ? {} : { image }),
          ...(grant.devices.length > 0 && { devices: grant.devices }),
        },
        host,
      );
      stop = (reason) => handle.cancel(reason);
      reach('attempt-sent');
      const result = await handle.done;
      if (result.kind === 'lost') ending = 'lost';
      return result.kind === 'stopped' ? interruption(bounds) : result;
    } finally {
      host.close(ending);
      grant.release();
    }
  } finally {
    bounds.clear();
    node.stop = undefined;
  }
}

/** O3: what is not known to keep nothing may keep all. */
function retains(frame: RunFrame, { task }: LiveAction): boolean {
  return frame.behaviours.get(task)?.retains !== null;
}

async function bundleFor(frame: RunFrame): Promise<BundleLocation | Attempted> {
  try {
    return await frame.bundle();
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { kind: 'lost', cause: 'start', message: error.failure.headline };
  }
}

function interruption(bounds: Bounds): Attempted {
  if (bounds.passed === undefined) return { kind: 'cancelled' };
  return { kind: 'timed-out', bound: bounds.passed };
}

/** A grant, or nothing where the wait was interrupted. */
async function admit(
  frame: RunFrame,
  { spec }: Try,
  interrupted: Promise<undefined>,
): Promise<Grant | undefined> {
  const { resources } = spec.task.options;
  const now = frame.admission.tryAdmit(resources);
  if (now !== undefined) return now;
  const { granted, withdraw } = frame.admission.request(resources);
  const grant = await Promise.race([granted, interrupted]);
  if (grant === undefined) withdraw();
  return grant;
}
