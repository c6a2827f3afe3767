import type { RunStatus } from '@skein/model';
import { renderRuns, runsJson } from '@skein/view';
import { EXIT } from './io.ts';
import { optionCount, optionPairs, optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein runs`. */
export async function listRuns(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const limit = optionCount(parsed, 'limit', 1);
  const labels = optionPairs(parsed, 'label');
  if (!limit.ok) return await refuse(session, [limit.failure]);
  if (!labels.ok) return await refuse(session, [labels.failure]);
  const label = labels.value.at(-1);
  const status = optionText(parsed, 'status') as RunStatus | undefined;
  const task = optionText(parsed, 'task');
  return await inWorkspace(session, undefined, async (workspace) => {
    const runs = workspace.runs({
      ...(limit.value === undefined ? {} : { limit: limit.value }),
      ...(status === undefined ? {} : { status }),
      ...(task === undefined ? {} : { task }),
      ...(label === undefined ? {} : { label }),
    });
    if (!runs.ok) return await refuse(session, [runs.failure]);
    if (session.json) await printJson(output, runsJson(runs.value));
    else {
      const now = io.clock.now();
      await output.print(renderRuns(runs.value, { style: output.style, now }));
    }
    return EXIT.ok;
  });
}
