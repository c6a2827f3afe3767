import { formatCount, formatRate } from './amount.ts';
import { formatDuration } from './duration.ts';
import { describeLeft, Pacer, type Pace } from './pace.ts';
import type { Progress, ProgressRequest } from './progress.ts';
import type { Tally } from './tally.ts';

const LINE_MS = 5_000;

/** One plain line every five seconds of work, for logs and other programs. */
export function createLines(request: ProgressRequest): Progress {
  const { stream, tally, clock, expected, every, afterwards } = request;
  const startedAt = clock.elapsed();
  const pacer = new Pacer(tally, expected);
  pacer.tick(startedAt);
  let last = '';
  const cancel = every(LINE_MS, () => {
    const now = clock.elapsed();
    const line = afterwards?.() ?? describe(tally, pacer.tick(now));
    if (line === last) return;
    last = line;
    stream.write(`${formatDuration(now - startedAt)}: ${line}\n`);
  });
  return {
    print: (text) => void stream.write(`${text}\n`),
    stop: cancel,
  };
}

/** `actions 3,120 done, 410 reused, 2 failed, 64 running, 1,204/s, about 8.0 s left`. */
export function describe(tally: Tally, pace: Pace): string {
  const { counts } = tally;
  const reused = counts.reused + counts.adopted;
  return [
    `actions ${formatCount(counts.total)} done`,
    ...(reused > 0 ? [`${formatCount(reused)} reused`] : []),
    ...(counts.failed > 0 ? [`${formatCount(counts.failed)} failed`] : []),
    `${formatCount(tally.running)} running`,
    `${formatRate(pace.perSecond)}/s`,
    ...describeLeft(pace),
  ].join(', ');
}
