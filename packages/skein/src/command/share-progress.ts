import type { Clock, SharingLeft } from '@skein/model';
import { describeSharing } from '@skein/view';
import type { Output } from './output.ts';

/** How often long work says how far it is. */
const LINE_MS = 5_000;

export function shareProgress(output: Output, clock: Clock): (left: SharingLeft) => void {
  let told = clock.elapsed();
  return (left) => {
    if (clock.elapsed() - told < LINE_MS) return;
    told = clock.elapsed();
    void output.note(describeSharing(left));
  };
}
