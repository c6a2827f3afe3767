import { renderPush } from '@skein/view';
import { askCache } from './cache-trouble.ts';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import { optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';
import { shareProgress } from './share-progress.ts';

/** `skein cache push [run]`: exit 1 where something was not taken, or is still to be shared. */
export async function pushResults(session: Session): Promise<number> {
  const { parsed, output, json, io } = session;
  const [run] = parsed.positionals;
  const remote = optionText(parsed, 'remote');
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const stopListening = onInterrupts(io, { first: interrupt, again: interrupt });
  try {
    return await askCache(session, () =>
      inWorkspace(session, undefined, async (workspace) => {
        const report = await workspace.push({
          ...(run === undefined ? {} : { run }),
          ...(remote === undefined ? {} : { remote }),
          progress: shareProgress(output, io.clock),
          signal: interruption.signal,
        });
        if (!report.ok) return await refuse(session, [report.failure]);
        if (json) await printJson(output, report.value);
        else await output.print(renderPush(report.value, output.style));
        if (interruption.signal.aborted) return EXIT.interrupted;
        return report.value.left + report.value.refused > 0 ? EXIT.failed : EXIT.ok;
      }),
    );
  } finally {
    stopListening();
  }
}
