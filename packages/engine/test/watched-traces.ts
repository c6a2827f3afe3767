import type { ActionKey, Trace } from '@skein/model';
import { MemoryTraces } from '@skein/store';

/** A trace store that counts what is asked of it: how a test tells a summary from a walk. */
export class WatchedTraces extends MemoryTraces {
  /** Keys whose traces were asked for. */
  asked = 0;
  /** Summaries that were handed over. */
  summaries = 0;

  override lookUp(key: ActionKey): readonly Trace[] {
    this.asked += 1;
    return super.lookUp(key);
  }

  override lookUpMany(keys: Iterable<ActionKey>): ReadonlyMap<ActionKey, readonly Trace[]> {
    const list = [...keys];
    this.asked += list.length;
    return super.lookUpMany(list);
  }

  override keepSummary(...args: Parameters<MemoryTraces['keepSummary']>): void {
    this.summaries += 1;
    super.keepSummary(...args);
  }
}
