import { unpackDigests } from '@skein/values';
import { NEVER_STARTED } from '@skein/model';
import type { Observation, Trace } from '@skein/model';
import type { RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import { unfit } from './leaf.ts';
import type { Foreseen, Foresight, RecordedCall } from './logs.ts';
import { checkPlain } from './plain.ts';
import { keyInputs, withOmitted } from './prepare.ts';

/*
 * What a call would come to, by what is known alone: nothing is ever made or executed (O3).
 * F1  The newest trace that holds, all the way down, says it.
 * F2  A trace that depends on the very call that is asked for proves nothing.
 * F3  A question has an end: where calls depend on each other in too many ways, nothing is known.
 */

/** How deep calls are followed; beyond that nothing is known. */
const DEEPEST = 200;
/** After so many answers that cannot be kept no further one is looked for (F3). */
const MOST_FLEETING = 1_000;

/** The calls that an observation tells of. */
export function callsIn(seen: Observation): readonly RecordedCall[] {
  if (seen.kind === 'call') return [{ ...seen, override: seen.override }];
  if (seen.kind !== 'map') return [];
  const { task, override } = seen;
  const outcomes = unpackDigests(seen.outcomes);
  return unpackDigests(seen.inputs).flatMap((input, index) => {
    const outcome = outcomes[index] ?? NEVER_STARTED;
    return outcome === NEVER_STARTED ? [] : [{ task, override, inputs: [input], outcome }];
  });
}

/** The outcome that a call would have. */
export async function foresee(
  frame: RunFrame,
  call: RecordedCall,
  foresight: Foresight,
): Promise<Foreseen> {
  const ready = frame.tasks.ready(call.task, call.override, true);
  const prepared = ready instanceof Promise ? await ready : ready;
  if (!prepared.ok || !prepared.value.caching || prepared.value.forced) return UNKNOWN;
  const task = prepared.value;
  const key = actionKey(task.prefix, keyInputs(task, withOmitted(task, call.inputs)));
  const verified = frame.known.get(key);
  if (verified !== undefined && unfit(frame, task, verified) === undefined) {
    return { outcome: verified.outcome.digest, fleeting: false };
  }
  const before = foresight.outcomes.get(key);
  if (before !== undefined) return before;
  const { keys } = foresight;
  const isLost = keys.size >= DEEPEST || foresight.fleeting >= MOST_FLEETING;
  if (keys.has(key) || isLost) return { outcome: undefined, fleeting: true };
  keys.add(key);
  const found = frame.traces.lookUp(key);
  const traces = found.filter((trace) => unfit(frame, task, trace) === undefined);
  let foreseen = await newestThatHolds(frame, { traces, vouched: task.vouched }, foresight);
  if (foreseen.outcome === undefined && frame.far !== undefined) {
    const more = (await frame.far.more({ task, key }, found)).filter(
      (trace) => unfit(frame, task, trace) === undefined,
    );
    const far = await newestThatHolds(frame, { traces: more, vouched: task.vouched }, foresight);
    foreseen = { ...far, fleeting: far.fleeting || foreseen.fleeting };
  }
  keys.delete(key);
  if (foreseen.fleeting) foresight.fleeting += 1;
  else foresight.outcomes.set(key, foreseen);
  return foreseen;
}

const UNKNOWN: Foreseen = { outcome: undefined, fleeting: false };

/** F1. That nothing is known may change where a trace met the question itself, or a write. */
async function newestThatHolds(
  frame: RunFrame,
  of: { readonly traces: readonly Trace[]; readonly vouched: boolean },
  foresight: Foresight,
): Promise<Foreseen> {
  let fleeting = false;
  for (const trace of of.traces) {
    if (of.vouched) return { outcome: trace.outcome.digest, fleeting: false };
    const check = await holds(frame, trace, foresight);
    if (check.holds) return { outcome: trace.outcome.digest, fleeting: check.fleeting };
    fleeting ||= check.fleeting;
  }
  return { outcome: undefined, fleeting };
}

async function holds(
  frame: RunFrame,
  trace: Trace,
  foresight: Foresight,
): Promise<{ readonly holds: boolean; readonly fleeting: boolean }> {
  let fleeting = false;
  for (const wave of trace.waves) {
    const plain = await checkPlain(frame, wave);
    fleeting ||= plain.fleeting;
    if (plain.changed !== undefined) return { holds: false, fleeting };
    for (const call of wave.flatMap(callsIn)) {
      const foreseen = await foresee(frame, call, foresight);
      fleeting ||= foreseen.fleeting;
      if (foreseen.outcome !== call.outcome) return { holds: false, fleeting };
    }
  }
  const log = await frame.logs.checkWithin(trace.log, foresight);
  const holds = log.changed === undefined && log.open.length === 0;
  return { holds, fleeting: fleeting || log.fleeting || log.open.length > 0 };
}
