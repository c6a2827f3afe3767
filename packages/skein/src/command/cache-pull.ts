import { renderPull } from '@skein/view';
import { askCache } from './cache-trouble.ts';
import { EXIT } from './io.ts';
import { optionGiven, optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein cache pull`. */
export async function pullResults(session: Session): Promise<number> {
  const { parsed, output, json, io } = session;
  const remote = optionText(parsed, 'remote');
  const task = optionText(parsed, 'task');
  return await askCache(session, () =>
    inWorkspace(session, undefined, async (workspace) => {
      const report = await workspace.pull({
        cwd: io.cwd,
        artifacts: optionGiven(parsed, 'artifacts'),
        ...(remote === undefined ? {} : { remote }),
        ...(task === undefined ? {} : { task }),
      });
      if (!report.ok) return await refuse(session, [report.failure]);
      if (json) await printJson(output, report.value);
      else await output.print(renderPull(report.value, output.style));
      return EXIT.ok;
    }),
  );
}
