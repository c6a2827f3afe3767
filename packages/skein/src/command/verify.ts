import { type Reader, renderVerify, verifyJson } from '@skein/view';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import { optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein verify [run]`: exit 1 where something came out differently. */
export async function verifyRun(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const [run = 'last'] = parsed.positionals;
  const executor = optionText(parsed, 'executor');
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const stopListening = onInterrupts(io, { first: interrupt, again: interrupt });
  try {
    return await inWorkspace(session, undefined, async (workspace) => {
      const report = await workspace.verify({
        run,
        initiator: io.initiator,
        signal: interruption.signal,
        ...(executor === 'pool' || executor === 'inline' ? { executor } : {}),
      });
      if (!report.ok) return await refuse(session, [report.failure]);
      const read: Reader = {
        value: (bytes) => workspace.decode(bytes),
        bytes: (digest) => workspace.recorded(digest),
      };
      if (session.json) await printJson(output, verifyJson(report.value));
      else {
        await output.print(renderVerify(report.value, { ...output, read }));
      }
      if (report.value.fatal !== undefined) return EXIT.interrupted;
      return report.value.differing.length === 0 ? EXIT.ok : EXIT.failed;
    });
  } finally {
    stopListening();
  }
}
