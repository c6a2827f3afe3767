import type { Clock, Result } from '@skein/model';
import { succeed } from '@skein/model';
import { gcJson, isTooLarge, renderGc } from '@skein/view';
import type { GcRequest } from '@skein/workspace';
import { EXIT } from './io.ts';
import type { Output } from './output.ts';
import { type Parsed, optionCount, optionGiven } from './parse.ts';
import { optionDuration, optionSize } from './read-amount.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** How often long work says how far it is. */
const LINE_MS = 5_000;

/** `skein gc`: exit 1 where the size that was asked for is not come to. */
export async function collectGarbage(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const request = readRequest(parsed);
  if (!request.ok) return await refuse(session, [request.failure]);
  return await inWorkspace(session, undefined, async (workspace) => {
    const progress = narrate(output, io.clock);
    const report = await workspace.gc({ ...request.value, progress });
    if (!report.ok) return await refuse(session, [report.failure]);
    if (session.json) await printJson(output, gcJson(report.value));
    else await output.print(renderGc(report.value, output.style));
    return isTooLarge(report.value) ? EXIT.failed : EXIT.ok;
  });
}

function readRequest(parsed: Parsed): Result<GcRequest> {
  const keep = optionCount(parsed, 'keep', 0);
  if (!keep.ok) return keep;
  const olderThanMs = optionDuration(parsed, 'older-than');
  if (!olderThanMs.ok) return olderThanMs;
  const maxSizeBytes = optionSize(parsed, 'max-size');
  if (!maxSizeBytes.ok) return maxSizeBytes;
  return succeed({
    ...(olderThanMs.value === undefined ? {} : { olderThanMs: olderThanMs.value }),
    ...(maxSizeBytes.value === undefined ? {} : { maxSizeBytes: maxSizeBytes.value }),
    ...(keep.value === undefined ? {} : { keep: keep.value }),
    unfinished: optionGiven(parsed, 'unfinished'),
    corrupt: optionGiven(parsed, 'corrupt'),
    dryRun: optionGiven(parsed, 'dry-run'),
  });
}

function narrate(output: Output, clock: Clock): NonNullable<GcRequest['progress']> {
  let told = clock.elapsed();
  return (what, done, total) => {
    if (clock.elapsed() - told < LINE_MS) return;
    told = clock.elapsed();
    void output.note(total === 0 ? what : `${what}: ${done} of ${total}`);
  };
}
