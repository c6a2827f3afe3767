import { clearTimeout, setTimeout } from 'node:timers';
import { ourselves } from './attribution.ts';

/** Whether all settle within `ms`: what is awaited may depend on code that never goes on. */
export function settleWithin(promises: readonly Promise<unknown>[], ms: number): Promise<boolean> {
  return ourselves(async () => {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), ms);
    const settled = Promise.allSettled(promises).then(() => true);
    try {
      return await Promise.race([settled, late]);
    } finally {
      clearTimeout(timer);
    }
  });
}
