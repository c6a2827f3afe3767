import type { ActionKey, Trace } from '@skein/model';
import type { PreparedTask } from './prepare.ts';

/** What a run asks far away, where it has somebody to ask. */
export interface Far {
  /**
   * More traces of a key, after those that are known near did not answer: newest first, none of
   * `checked` again. What the action will probably call is asked for along the way.
   */
  more(
    action: { readonly task: PreparedTask; readonly key: ActionKey },
    checked: readonly Trace[],
  ): Promise<readonly Trace[]>;
  /** Asks for all of these keys that nothing is known of near, at once: then it is known near. */
  ahead(keys: readonly ActionKey[]): Promise<void>;
  /** Brings near what the recorded calls of a trace are made with (T5); false: it is gone. */
  bringInputs(trace: Trace): Promise<boolean>;
  /** An execution of this run left a trace. */
  offer(trace: Trace): void;
}
