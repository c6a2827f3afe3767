import { encode, inputDigest } from '@skein/values';
import fc from 'fast-check';
import type { ActionNumber, ActionStarted, Outcome, TaskId } from '@skein/model';
import type { WrittenEvent } from '../src/stored-event.ts';
import { T0, actionFinished, actionStarted, errorOf, keyOf, resultOf } from './sample.ts';

interface Step {
  readonly kind: 'start' | 'end' | 'reuse' | 'pass' | 'attempt' | 'log' | 'warn' | 'skip';
  readonly pick: number;
  readonly value: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('start', 'end', 'reuse', 'pass', 'attempt', 'log', 'warn', 'skip'),
  pick: fc.nat(),
  value: fc.nat(5),
});

/**
 * What a run may record between its start and its end, in every order that concurrent actions
 * can bring it into: numbers that are never listed, callers that turn out to be unlisted later,
 * actions that never end.
 */
export const history: fc.Arbitrary<readonly WrittenEvent[]> = fc
  .array(step, { maxLength: 40 })
  .map((steps) => {
    const run = new History();
    return steps.flatMap((one) => run.events(one));
  });

type Call = Pick<ActionStarted, 'action' | 'parent' | 'task' | 'inputs'>;

class History {
  readonly #running: Call[] = [];
  #next = 1;

  events({ kind, pick, value }: Step): readonly WrittenEvent[] {
    const some = this.#running[pick % Math.max(1, this.#running.length)];
    switch (kind) {
      case 'start': {
        const call = this.#call(some, value);
        this.#running.push(call);
        return [actionStarted(call.action, call.parent, call)];
      }
      case 'reuse': {
        const call = this.#call(some, value);
        const verdict = { kind: value < 3 ? 'reuse' : 'adopt', reason: FOUND } as const;
        return [actionFinished(call.action, call.parent, { ...call, verdict, ...ending(value) })];
      }
      case 'pass': {
        const call = this.#call(some, value);
        this.#running.push(call);
        return [{ kind: 'action-passed', at: T0, action: call.action, parent: call.parent }];
      }
      case 'skip':
        this.#next += 1;
        return [];
      case 'end': {
        if (some === undefined) return [];
        this.#running.splice(this.#running.indexOf(some), 1);
        return [actionFinished(some.action, some.parent, { ...some, ...ending(value) })];
      }
      default:
        return some === undefined ? [] : happening(kind, some.action, value);
    }
  }

  #call(caller: Call | undefined, value: number): Call {
    const action = this.#next;
    this.#next += 1;
    const task = `src/main.ts#task${value % 3}` as TaskId;
    const inputs = Array.from({ length: value % 4 }, (_, at) => {
      return { digest: inputDigest(encode(at)) };
    });
    return { action, parent: caller?.action ?? 0, task, inputs };
  }
}

const FOUND = { kind: 'found' } as const;
const WARNING = { code: 'code-moved', kind: 'warning', headline: 'h', facts: [] } as const;

function ending(value: number): { readonly outcome: Outcome } {
  if (value === 0) return { outcome: errorOf('no') };
  if (value > 1) return { outcome: resultOf({ value }) };
  const artifact = keyOf('artifact');
  const kept = { at: 'artifact', artifact } as const;
  const files = new Uint8Array(80);
  return { outcome: { kind: 'result', digest: keyOf('large'), value: kept, artifact, files } };
}

function happening(
  kind: 'attempt' | 'log' | 'warn',
  action: ActionNumber,
  value: number,
): readonly WrittenEvent[] {
  const at = T0 + value;
  switch (kind) {
    case 'attempt':
      return [{ kind: 'attempt-started', at, action, attempt: value, worker: `worker ${value}` }];
    case 'log': {
      const of = value % 2 === 0 ? action : 0;
      return [{ kind: 'action-logged', at, action: of, stream: 'stdout', text: `${value}\n` }];
    }
    case 'warn':
      return [{ kind: 'run-warned', at, warning: WARNING, action }];
  }
}
