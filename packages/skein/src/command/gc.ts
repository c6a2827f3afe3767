import type { Clock, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { parseDuration, parseSize } from '@skein/sdk';
import { gcJson, isTooLarge, renderGc } from '@skein/view';
import type { GcRequest } from '@skein/workspace';
import { EXIT } from './io.ts';
import type { Output } from './output.ts';
import { type Parsed, optionCount, optionGiven, optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';
import { flagValue } from './usage.ts';

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
  const age = optionText(parsed, 'older-than');
  const size = optionText(parsed, 'max-size');
  const keep = optionCount(parsed, 'keep', 0);
  if (!keep.ok) return keep;
  const olderThanMs = age === undefined ? undefined : parseDuration(age);
  const maxSizeBytes = size === undefined ? undefined : parseSize(size);
  if (age !== undefined && olderThanMs === undefined) {
    const wanted = 'a whole number with a unit, such as "12h" or "30d"';
    return fail(flagValue('older-than', { given: `"${age}"`, wanted }));
  }
  if (size !== undefined && maxSizeBytes === undefined) {
    const wanted = 'a whole number with a unit, such as "512Mi" or "10Gi"';
    return fail(flagValue('max-size', { given: `"${size}"`, wanted }));
  }
  return succeed({
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
    ...(maxSizeBytes === undefined ? {} : { maxSizeBytes }),
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
