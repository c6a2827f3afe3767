import { type Reader, renderWhy, whyJson } from '@skein/view';
import { EXIT } from './io.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein why <run> [action]`. */
export async function explainRun(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const [run = 'last', action] = parsed.positionals;
  return await inWorkspace(session, undefined, async (workspace) => {
    const report = await workspace.why({ run, ...(action === undefined ? {} : { action }) });
    if (!report.ok) return await refuse(session, [report.failure]);
    const read: Reader = {
      value: (bytes) => workspace.decode(bytes),
      bytes: (digest) => workspace.recorded(digest),
    };
    const { style, width } = output;
    if (session.json) await printJson(output, whyJson(report.value, read));
    else {
      const request = { style, width, read, now: io.clock.now() };
      await output.print(renderWhy(report.value, request));
    }
    return EXIT.ok;
  });
}
