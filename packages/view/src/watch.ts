import { createLines } from './lines.ts';
import { createLive } from './live.ts';
import type { Progress, ProgressRequest } from './progress.ts';

/** Live on a terminal; elsewhere a plain line every few seconds of long work. */
export function watch(request: ProgressRequest): Progress {
  return request.isTerminal ? createLive(request) : createLines(request);
}
