import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Trace } from '@skein/model';
import { entryId } from './entry.ts';

/** Kind of what entries told of their inputs, beyond what they held themselves. */
export const FAR_INPUTS = 'far-inputs';

/** What it is kept by: one key may have several traces, each with its own inputs. */
export function farInputsName(trace: Trace): Digest {
  return digestOf('trace', `${trace.key} ${entryId(trace)}`);
}
