import { authorLine } from '@skein/tracking';
import { placeStack } from './thrown.ts';

const PLACE = /[^\s()]+:\d+:\d+(?=\)?$)/;

/** A frame of a stack as `src/a.ts:3:4`, by the folders that stacks name source files from. */
export function placeOfFrame(frame: string, sources: readonly string[]): string | undefined {
  return PLACE.exec(placeStack(frame, sources))?.[0];
}

/** The line of the author's that is being executed. */
export function presentLine(sources: readonly string[]): string | undefined {
  return authorLine({ place: (frame) => placeOfFrame(frame, sources) });
}
