import type { CommandIo } from './io.ts';

/** What happens at the first interruption, and at each later one. */
export interface InterruptRequest {
  readonly first: () => void;
  readonly again: () => void;
}

/** Listens until the returned function is called. */
export function onInterrupts({ onInterrupt }: CommandIo, request: InterruptRequest): () => void {
  let count = 0;
  return onInterrupt(() => {
    count += 1;
    if (count === 1) request.first();
    else request.again();
  });
}
