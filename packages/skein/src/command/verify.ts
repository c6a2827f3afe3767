import { resolve } from 'node:path';
import { type Reader, renderVerify, verifyJson } from '@skein/view';
import { describeImageStep } from './image-step.ts';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import { optionText } from './parse.ts';
import { pickRun } from './pick-run.ts';
import { isExecutor } from './run-settings.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein verify [run]`: exit 1 where something came out differently. */
export async function verifyRun(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const [run = 'last'] = parsed.positionals;
  const executor = optionText(parsed, 'executor');
  const entry = optionText(parsed, 'entry');
  const task = optionText(parsed, 'task');
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const stopListening = onInterrupts(io, { first: interrupt, again: interrupt });
  try {
    return await inWorkspace(session, entry, async (workspace) => {
      const picked = pickRun(workspace, {
        run,
        ...(entry === undefined ? {} : { entry: resolve(io.cwd, entry) }),
        ...(task === undefined ? {} : { task }),
      });
      if (!picked.ok) return await refuse(session, [picked.failure]);
      const report = await workspace.verify({
        run: picked.value,
        initiator: io.initiator,
        signal: interruption.signal,
        ...(isExecutor(executor) ? { executor } : {}),
        onImage: (step) => void output.note(describeImageStep(step)),
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
