import { fail, succeed, type Result, type RunStatus } from '@skein/model';
import { renderRuns, runsJson } from '@skein/view';
import type { Workspace } from '@skein/workspace';
import { EXIT } from './io.ts';
import { optionCount, optionPairs, optionText } from './parse.ts';
import { optionTime } from './read-time.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein runs`. */
export async function listRuns(session: Session): Promise<number> {
  const { output, io } = session;
  const filter = readFilter(session);
  if (!filter.ok) return await refuse(session, [filter.failure]);
  return await inWorkspace(session, undefined, async (workspace) => {
    const runs = workspace.runs(filter.value);
    if (!runs.ok) return await refuse(session, [runs.failure]);
    if (session.json) await printJson(output, runsJson(runs.value));
    else {
      const now = io.clock.now();
      await output.print(renderRuns(runs.value, { style: output.style, now }));
    }
    return EXIT.ok;
  });
}

type RunFilter = Parameters<Workspace['runs']>[0];

function readFilter({ parsed, io }: Session): Result<RunFilter> {
  const now = io.clock.now();
  const limit = optionCount(parsed, 'limit', 1);
  const labels = optionPairs(parsed, 'label');
  const since = optionTime(parsed, 'since', now);
  const until = optionTime(parsed, 'until', now);
  if (!limit.ok) return fail(limit.failure);
  if (!labels.ok) return fail(labels.failure);
  if (!since.ok) return fail(since.failure);
  if (!until.ok) return fail(until.failure);
  const status = optionText(parsed, 'status') as RunStatus | undefined;
  const task = optionText(parsed, 'task');
  const initiator = optionText(parsed, 'initiator');
  const origin = optionText(parsed, 'origin');
  return succeed({
    labels: labels.value,
    ...(limit.value === undefined ? {} : { limit: limit.value }),
    ...(status === undefined ? {} : { status }),
    ...(task === undefined ? {} : { task }),
    ...(since.value === undefined ? {} : { since: since.value }),
    ...(until.value === undefined ? {} : { until: until.value }),
    ...(initiator === undefined ? {} : { initiator }),
    ...(origin === undefined ? {} : { origin }),
  });
}
